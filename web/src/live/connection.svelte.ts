// The one connection of the page, to the program that served it. It comes back by itself.

import type { Asked, Told } from "./protocol";

const FIRST_WAIT = 300; // milliseconds
const LONGEST_WAIT = 5000;

/** A way to talk to the program that served the page. */
export const newSocket = (): WebSocket => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);

type Hooks = { told: (told: Told) => void; opened: () => void };

export class Connection {
  /** none: a file, which needs no program. */
  state = $state<"none" | "connecting" | "open" | "lost">("none");

  #hooks: Hooks;
  #socket: WebSocket | null = null;
  #wait = FIRST_WAIT;
  #opened = false;

  constructor(needed: boolean, hooks: Hooks) {
    this.#hooks = hooks;
    if (!needed) return;
    this.#connect();
    window.addEventListener("online", () => this.#again());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#again());
  }

  /** Ask, if there is somebody to ask; what a run still needs is asked for again when the connection is back. */
  ask(asked: Asked): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(asked));
  }

  #connect(): void {
    this.state = this.#opened ? "lost" : "connecting";
    const socket = newSocket();
    this.#socket = socket;
    socket.onopen = () => {
      this.state = "open";
      this.#opened = true;
      this.#wait = FIRST_WAIT;
      this.#hooks.opened();
    };
    socket.onmessage = (message) => this.#hooks.told(JSON.parse(message.data));
    socket.onclose = () => {
      if (socket !== this.#socket) return;
      this.state = "lost";
      setTimeout(() => this.#again(), this.#wait * (0.75 + Math.random() / 2)); // a class does not come back all at once
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    };
  }

  /** Do not wait longer where the machine has just woken up. */
  #again(): void {
    if (this.#socket?.readyState === WebSocket.CLOSED) this.#connect();
  }
}
