// The slider over the training steps, with play, speed and the two ends.

import { element, icon, iconButton, textButton } from "./dom.js";

const MOMENTS_A_SECOND = 10;
const SPEEDS = [0.5, 1, 2, 4];

export class Transport {
  /** hears: {move(index), rest()}: the person or the playing moves; it comes to rest. */
  constructor(words, hears) {
    this.words = words;
    this.hears = hears;
    this.moments = [];
    this.index = -1;
    this.pinned = false; // the person has chosen a step: it stays while new ones arrive
    this.playing = false;
    this.build();
  }

  build() {
    const { words } = this;
    this.button = iconButton("play", words.play, () => (this.playing ? this.pause() : this.play()));
    this.button.classList.add("board-play");
    this.slider = element("input", {
      type: "range", min: 0, step: 1, "aria-label": words.step, class: "board-slider",
      oninput: () => this.chosen(Number(this.slider.value)),
      onchange: () => this.hears.rest(),
    });
    this.shown = element("output", { class: "board-step" });
    this.speed = element("select", { "aria-label": words.speed, title: words.speed, class: "board-speed" },
      ...SPEEDS.map((speed) => element("option", { value: speed, text: `${speed}×`, selected: speed === 1 })));
    this.untrained = textButton(words.untrained, words.first, () => this.jump(0));
    this.trained = textButton(words.trained, words.last, () => this.jump(this.moments.length - 1));
    for (const end of [this.untrained, this.trained]) end.classList.add("board-end");
    this.root = element("div", { class: "board-bar", role: "group", "aria-label": words.timeline, hidden: true },
      this.button, this.untrained, this.slider, this.trained, this.shown, this.speed);
  }

  /** New moments: stay at the step that the person chose, else go to the newest. */
  take(moments, follow) {
    this.follow = follow;
    const step = this.moments[this.index];
    const at = moments.indexOf(step);
    this.moments = moments;
    this.root.hidden = moments.length < 2;
    this.slider.max = Math.max(moments.length - 1, 0);
    const held = at >= 0 && (this.pinned || this.playing);
    this.index = held ? at : moments.length - 1;
    if (!held) {
      const had = this.pinned;
      this.stop();
      this.pinned = false;
      if (had) this.hears.rest(); // the step that the server believes in is no more
    }
    this.tell();
  }

  tell() {
    const step = this.moments[this.index];
    const last = this.moments.at(-1);
    this.slider.value = this.index;
    this.slider.setAttribute("aria-valuetext", `${this.words.step} ${step} / ${last}`);
    this.untrained.setAttribute("aria-pressed", this.index === 0);
    this.trained.setAttribute("aria-pressed", this.index === this.moments.length - 1);
    const live = this.follow && !this.pinned && !this.playing ? ` · ${this.words.live}` : "";
    this.shown.textContent = `${this.words.step} ${step} / ${last}${live}`;
  }

  /** The step shown; null for "the newest, whichever that is". */
  reported() {
    return this.pinned ? this.moments[this.index] : null;
  }

  chosen(index) {
    this.stop();
    this.go(index);
  }

  jump(index) {
    this.chosen(index);
    this.hears.rest();
  }

  go(index) {
    this.index = index;
    this.pinned = index < this.moments.length - 1;
    this.tell();
    this.hears.move(index);
  }

  play() {
    if (this.index >= this.moments.length - 1) this.go(0);
    this.playing = true;
    this.mark("pause");
    let before = performance.now();
    let owed = 0;
    const tick = (now) => {
      if (!this.playing) return;
      owed += ((now - before) / 1000) * MOMENTS_A_SECOND * Number(this.speed.value);
      before = now;
      const steps = Math.floor(owed);
      owed -= steps;
      if (steps) this.go(Math.min(this.index + steps, this.moments.length - 1));
      if (this.index >= this.moments.length - 1) this.pause();
      else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  stop() {
    this.playing = false;
    this.mark("play");
  }

  pause() {
    this.stop();
    this.hears.rest();
  }

  mark(name) {
    this.button.replaceChildren(icon(name));
    this.button.setAttribute("aria-label", this.words[name]);
    this.button.title = this.words[name];
  }
}
