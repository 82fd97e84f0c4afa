"""A real pre-trained model, where the person has one, in the views of our own small ones."""

from pages.ui.frame import begin, end
from pages.ui.pictures.reading import reading_pictures
from pages.ui.texts.model_choice import model_choice, reading_of

link = begin("pretrained", "A real pre-trained model")
reading = reading_of(link, model_choice(link))
if reading:
    reading_pictures(link, reading)
end("pretrained")
