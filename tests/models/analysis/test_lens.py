import numpy as np
import torch

from models.analysis.lens import logit_lens
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks.order import Order

TASK = Order(length=7, choices=5)


def test_the_last_layer_is_the_answer_and_the_first_reads_the_embeddings():
    torch.manual_seed(0)
    config = ModelConfig(kind="transformer", hidden=12, heads=3, layers=3, feed_forward=9)
    net = build_network(config, TASK).eval()
    inputs = TASK.sample(4, torch.Generator().manual_seed(0)).inputs
    lens = logit_lens(net, inputs)
    assert lens.probability.shape == (4, 4, 7, 5)
    with torch.no_grad():
        np.testing.assert_allclose(lens.probability[-1], net(inputs).softmax(-1), atol=1e-5)
        first = net.to_logits(net.norm(net.embed(inputs) + net.encoding.vectors(7)))
        np.testing.assert_allclose(lens.probability[0], first.softmax(-1), atol=1e-5)
        shallow = build_network(
            ModelConfig(kind="transformer", hidden=12, heads=3, layers=1, feed_forward=9), TASK
        )
        shallow.load_state_dict({k: v for k, v in net.state_dict().items() if k in shallow.state_dict()})
        np.testing.assert_allclose(lens.probability[1], shallow(inputs).softmax(-1), atol=1e-5)
    assert (lens.answer == lens.probability.argmax(-1)).all()
    np.testing.assert_allclose(lens.confidence, lens.probability.max(-1))
