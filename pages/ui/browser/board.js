// The board in the browser: one per place on the page, kept while its data changes, gone when it leaves.

import { Card } from "./card.js";
import { decode } from "./decode.js";
import { element } from "./dom.js";
import "./history.js";
import { appTheme } from "./theme.js";
import { Transport } from "./transport.js";

const REST = 250; // milliseconds without a move before the server hears of it
const boards = new WeakMap();
const loaded = new Map();
window.__boards ??= {};

/** Streamlit calls this for every change of data or theme; the same place keeps its board. */
export async function show({ data, parentElement, setStateValue }) {
  let board = boards.get(parentElement);
  if (!board) {
    board = new Board(parentElement);
    boards.set(parentElement, board);
  }
  board.setStateValue = setStateValue;
  board.take(data);
  // Streamlit also cleans up after calls that a newer one overtook: leave only when the place has left.
  return () => setTimeout(() => parentElement.isConnected || board.leave());
}

function once(name, load) {
  if (!loaded.has(name)) loaded.set(name, load(new URL(name, import.meta.url).href));
  return loaded.get(name);
}

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  return new Promise((resolve, reject) => {
    const script = element("script", { src: url, onload: () => resolve(window.Plotly), onerror: reject });
    document.head.append(script);
  });
}

function loadStyle(url) {
  return new Promise((resolve) => {
    document.head.append(element("link", { rel: "stylesheet", href: url, onload: resolve, onerror: resolve }));
  });
}

function equal(one, other) {
  return one?.length === other.length && one.every((byte, at) => byte === other[at]);
}

class Board {
  constructor(place) {
    this.place = place;
    this.cards = new Map();
    this.state = { frames: 0, draws: 0, updates: 0, index: -1, ready: false };
    this.root = element("div", { class: "board" });
    this.grid = element("div", { class: "board-grid" });
    this.alert = element("p", { role: "alert", hidden: true });
    place.append(this.root);
    this.leaveFullscreen = () => document.fullscreenElement === this.root || this.unsolo();
    document.addEventListener("fullscreenchange", this.leaveFullscreen);
    this.escape = (event) => event.key === "Escape" && !document.fullscreenElement && this.unsolo();
    document.addEventListener("keydown", this.escape);
  }

  take(bytes) {
    if (!bytes?.length) return;
    if (!equal(this.bytes, bytes)) {
      this.bytes = bytes;
      this.data = decode(bytes);
      this.state.updates += 1;
      this.arrange();
    }
    this.theme = appTheme(this.root);
    this.request();
  }

  /** Cards and slider as the newest data wants them; what stands already stays where it is. */
  arrange() {
    const { words, pictures, moments, columns, follow, key } = this.data;
    if (JSON.stringify(words) !== this.language) this.furnish(words);
    this.transport.take(moments, follow);
    this.root.style.setProperty("--board-columns", columns);
    const names = pictures.map((picture) => picture.name);
    for (const [name, card] of this.cards) {
      if (!names.includes(name)) this.cards.delete(name), card.leave();
    }
    pictures.forEach((picture, at) => {
      if (!this.cards.has(picture.name)) this.cards.set(picture.name, new Card(words, this.hears()));
      const card = this.cards.get(picture.name);
      card.take(picture, this.data);
      if (this.grid.children[at] !== card.root) this.grid.insertBefore(card.root, this.grid.children[at] ?? null);
    });
    this.state.moments = moments;
    window.__board = window.__boards[key] = this.state;
  }

  /** The slider and an empty grid, in the words of one language. */
  furnish(words) {
    for (const card of this.cards.values()) card.leave();
    this.cards.clear();
    this.transport?.stop();
    this.language = JSON.stringify(words);
    this.transport = new Transport(words, { move: () => this.request(), rest: () => this.report() });
    this.root.replaceChildren(this.transport.root, this.alert, this.grid);
  }

  hears() {
    return {
      click: (card, point) => point && this.setStateValue("clicked", clicked(card, point)),
      hover: (card, point) => this.pointOthers(card, point),
      resize: () => this.theme && this.request(),
      solo: (card) => this.solo(card),
    };
  }

  pointOthers(card, point) {
    const link = card.link();
    if (link === undefined) return;
    for (const other of this.cards.values()) {
      if (other !== card && other.link() === link) other.point(point ? point.x : null);
    }
  }

  report() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const moment = this.transport.reported();
      if (moment !== (this.told ?? null)) this.setStateValue("moment", moment);
      this.told = moment;
    }, REST);
  }

  /** Something changed: draw at the next animation frame, the newest state only. */
  request() {
    this.dirty = true;
    if (!this.busy) this.pump();
  }

  async pump() {
    this.busy = true;
    try {
      await once("board.css", loadStyle);
      const Plotly = await once("plotly.min.js", loadPlotly);
      this.alert.hidden = true;
      while (this.dirty && !this.gone) {
        this.dirty = false;
        await new Promise(requestAnimationFrame);
        await this.drawAll(Plotly);
      }
    } catch (error) {
      loaded.delete("plotly.min.js"); // the next change of data tries again
      this.alert.hidden = false;
      this.alert.textContent = this.data.words.failed;
      console.error(error);
    } finally {
      this.busy = false;
    }
  }

  /** All pictures in sight together; those out of sight one at a time, while nothing newer is wanted. */
  async drawAll(Plotly) {
    const index = this.transport.index;
    const due = [...this.cards.values()].filter((card) => card.drawn !== card.wanted(index, this.theme));
    const [seen, unseen] = [due.filter((card) => card.visible), due.filter((card) => !card.visible)];
    const done = await Promise.all(seen.map((card) => card.draw(Plotly, index, this.theme)));
    this.state.draws += done.filter(Boolean).length;
    if (done.some(Boolean)) this.state.frames += 1;
    this.state.index = index;
    this.state.ready = true;
    for (const card of unseen) {
      await new Promise(requestAnimationFrame);
      if (this.dirty || this.gone) return;
      if (await card.draw(Plotly, index, this.theme)) this.state.draws += 1;
    }
  }

  /** One picture, with the slider, on the whole screen. */
  async solo(card) {
    if (this.root.dataset.solo) {
      this.unsolo();
      return;
    }
    this.root.dataset.solo = card.picture.name;
    card.root.classList.add("board-alone");
    try {
      await this.root.requestFullscreen();
    } catch {
      this.root.classList.add("board-overlay"); // refused in some frames: fill the window instead
    }
  }

  unsolo() {
    if (!this.root.dataset.solo) return;
    delete this.root.dataset.solo;
    this.root.classList.remove("board-overlay");
    for (const card of this.cards.values()) card.root.classList.remove("board-alone");
    if (document.fullscreenElement === this.root) document.exitFullscreen();
  }

  leave() {
    this.gone = true;
    this.transport?.stop();
    clearTimeout(this.resting);
    document.removeEventListener("fullscreenchange", this.leaveFullscreen);
    document.removeEventListener("keydown", this.escape);
    for (const card of this.cards.values()) card.leave();
    this.root.remove();
    boards.delete(this.place);
  }
}

function clicked(card, point) {
  const { x, y, z, pointNumber, curveNumber } = point;
  return { picture: card.picture.name, x, y, z: z ?? null, pointNumber: pointNumber ?? null, curve: curveNumber };
}
