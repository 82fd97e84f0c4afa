// One picture of a board: its heading, its tools, its figure, and its numbers.

import { atMoment } from "./decode.js";
import { element, iconButton, save, textButton } from "./dom.js";
import { csvOf, tableElement, tableOf } from "./numbers.js";
import { themedLayout, themedTemplate } from "./theme.js";

const HEIGHT = 320;
const SETTINGS = { displayModeBar: false, displaylogo: false, doubleClick: "reset", responsive: false };
const FINGER = matchMedia("(pointer: coarse)");

export class Card {
  /** hears: {click(card, point), hover(card, point or null), resize(card), solo(card)} */
  constructor(words, hears) {
    this.words = words;
    this.hears = hears;
    this.drawn = null;
    this.visible = true;
    this.build();
    this.watch();
  }

  build() {
    const { words } = this;
    this.title = element("span", { class: "board-title" });
    this.note = element("span", { class: "board-note" });
    this.plot = element("div", { class: "board-plot", role: "img" });
    this.cursor = element("div", { class: "board-cursor", hidden: true });
    this.table = element("div", { class: "board-numbers", tabindex: "0", role: "region", hidden: true });
    this.numbers = textButton(words.numbers, words.numbers, () => this.toggleNumbers());
    this.numbers.setAttribute("aria-expanded", "false");
    this.solo = iconButton("fullscreen", words.fullscreen, () => this.hears.solo(this));
    const tools = element("span", { class: "board-tools" },
      this.numbers,
      textButton("CSV", words.csv, () => save(`${this.fileName()}.csv`, csvOf(this.tableNow()), "text/csv")),
      textButton("PNG", words.png, () => this.saveImage("png")),
      textButton("SVG", words.svg, () => this.saveImage("svg")),
      this.solo);
    this.root = element("figure", { class: "board-card" },
      element("figcaption", {}, element("span", { class: "board-head" }, this.title, tools), this.note),
      element("div", { class: "board-frame" }, this.plot, this.cursor),
      this.table);
  }

  watch() {
    this.sizes = new ResizeObserver(() => this.hears.resize(this));
    this.sizes.observe(this.plot);
    this.sight = new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      this.hears.resize(this);
    }, { rootMargin: "200px" });
    this.sight.observe(this.root);
  }

  /** Take the newest picture; draws nothing yet. */
  take(picture, board) {
    this.picture = picture;
    this.board = board;
    this.title.textContent = picture.title;
    this.note.textContent = picture.note;
    this.plot.setAttribute("aria-label", picture.alt);
    this.root.dataset.name = picture.name;
    this.root.style.setProperty("--board-span", Math.min(picture.columns, board.columns));
    this.plot.style.setProperty("--board-height", `${picture.figure.layout.height ?? HEIGHT}px`);
    this.numbers.setAttribute("aria-label", `${this.words.numbers}: ${picture.title || picture.name}`);
  }

  moves() {
    return Object.keys(this.picture.frames).length > 0;
  }

  /** What the card would show; equal to `drawn` when nothing needs drawing. */
  wanted(index, theme) {
    const moment = this.moves() ? index : 0;
    return [this.picture.digest, moment, theme.mark, this.plot.clientWidth, this.plot.clientHeight].join("|");
  }

  async draw(Plotly, index, theme) {
    if (!this.plot.clientWidth) return false; // in a closed tab: drawn when it opens
    this.drawn = this.wanted(index, theme);
    this.theme = theme;
    this.index = index;
    const { data, layout } = this.figureAt(index, theme, this.layoutStands());
    const first = !this.plot.classList.contains("js-plotly-plot");
    try {
      await Plotly.react(this.plot, data, layout, SETTINGS);
    } catch (error) {
      console.error(`picture ${this.picture.name} cannot be drawn`, error); // the others still can
      return false;
    }
    if (first) this.listen();
    this.plot.dataset.index = index;
    if (!this.table.hidden) this.fillTable();
    return true;
  }

  /** Whether the layout last drawn serves again: Plotly then spares a third of its work. */
  layoutStands() {
    const { figure, frames, template } = this.picture;
    const moves = Object.keys(frames).some((path) => path.startsWith("layout."));
    const size = [this.plot.clientWidth, this.plot.clientHeight];
    const mark = JSON.stringify([figure.layout, this.board.templates[template], this.theme.mark, size]);
    const stands = !moves && mark === this.layoutMark;
    this.layoutMark = mark;
    return stands;
  }

  /** The figure of one moment. Plotly writes into the layout it is given, so a changed one starts afresh. */
  figureAt(index, theme, layoutStands = false) {
    const { figure, frames } = this.picture;
    const kept = { data: figure.data.map((trace) => ({ ...trace })), layout: structuredClone(figure.layout) };
    for (const [path, values] of Object.entries(frames)) {
      put(kept, path.split("."), atMoment(values, index, this.board.arrays));
    }
    return { data: kept.data, layout: layoutStands ? this.plot.layout : this.dressed(kept.layout, theme) };
  }

  dressed(figureLayout, theme) {
    const { template, name } = this.picture;
    const layout = themedLayout(figureLayout, theme);
    layout.template = themedTemplate(this.board.templates[template], theme);
    layout.uirevision ??= name;
    layout.width = this.plot.clientWidth;
    layout.height = this.plot.clientHeight;
    if (FINGER.matches) layout.dragmode ??= false; // a finger scrolls the page
    return layout;
  }

  listen() {
    this.plot.on("plotly_click", (event) => this.hears.click(this, event.points[0]));
    this.plot.on("plotly_hover", (event) => this.hears.hover(this, event.points[0]));
    this.plot.on("plotly_unhover", () => this.hears.hover(this, null));
  }

  /** A thin line at the place that another picture of the same link points to; null takes it away. */
  point(x) {
    const axis = this.plot._fullLayout?.xaxis;
    const at = x === null || !axis ? NaN : axis.c2p(axis.d2c(x));
    this.cursor.hidden = !(at >= 0 && at <= axis._length);
    if (this.cursor.hidden) return;
    const { t, h } = this.plot._fullLayout._size;
    Object.assign(this.cursor.style, { left: `${axis._offset + at}px`, top: `${t}px`, height: `${h}px` });
  }

  link() {
    return this.picture.figure.layout.meta?.link;
  }

  fileName() {
    const moment = this.board.moments[this.index];
    return moment === undefined ? this.picture.name : `${this.picture.name}-step-${moment}`;
  }

  tableNow() {
    return tableOf(this.plot.data ?? [], this.words);
  }

  toggleNumbers() {
    this.table.hidden = !this.table.hidden;
    this.numbers.setAttribute("aria-expanded", String(!this.table.hidden));
    if (!this.table.hidden) this.fillTable();
  }

  fillTable() {
    const caption = `${this.words.numbers_of}: ${this.picture.title || this.picture.name}`;
    this.table.setAttribute("aria-label", caption);
    this.table.replaceChildren(...tableElement(this.tableNow(), caption, this.words));
  }

  /** The picture as a file, on the app's background and under its title. */
  saveImage(format) {
    const { data, layout } = this.plot; // as zoomed by the person
    const title = { text: plainText(this.picture.title), font: { size: 16 } };
    const top = Math.max(48, layout.margin?.t ?? 0);
    const shown = {
      data,
      layout: { ...layout, title, margin: { ...layout.margin, t: top }, paper_bgcolor: this.theme.background },
      config: SETTINGS,
    };
    const size = { width: layout.width, height: layout.height + 40, scale: format === "png" ? 2 : 1 };
    return window.Plotly.downloadImage(shown, { format, filename: this.fileName(), ...size });
  }

  leave() {
    this.sizes.disconnect();
    this.sight.disconnect();
    window.Plotly?.purge(this.plot);
    this.root.remove();
  }
}

/** Plotly reads a few tags in titles; a title from outside has none. */
function plainText(text) {
  return text.replaceAll("<", "&lt;");
}

/** Put a value at a path of a figure, copying what it passes so that the original stays as it is. */
function put(figure, path, value) {
  let place = figure;
  for (const step of path.slice(0, -1)) {
    const next = place[step] ?? {};
    place[step] = Array.isArray(next) ? [...next] : { ...next };
    place = place[step];
  }
  place[path.at(-1)] = value;
}
