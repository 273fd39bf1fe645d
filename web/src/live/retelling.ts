// A whole run told once more, from its first month, for a file that holds all of it.

import { newSocket } from "./connection.svelte";
import type { Asked, Plan, Told } from "./protocol";

const PATIENCE = 120_000; // milliseconds without a word

/** All that is told of a plan: its months and how it goes in other worlds. Rejected where the program does not answer. */
export function retold(plan: Plan): Promise<Told[]> {
  return new Promise((resolve, reject) => {
    const told: Told[] = [];
    const socket = newSocket();
    let timer = setTimeout(() => socket.close(), PATIENCE);
    const asked: Asked = { ask: "open", id: 1, plan, from: 0 };
    socket.onopen = () => socket.send(JSON.stringify(asked));
    socket.onmessage = (message) => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.close(), PATIENCE);
      const one: Told = JSON.parse(message.data);
      if (one.tell === "refusal") return socket.close();
      if (one.tell !== "shown" && one.tell !== "reasons") told.push(one);
      if (!["done", "band"].every((kind) => told.some((each) => each.tell === kind))) return;
      resolve(told);
      socket.close();
    };
    socket.onclose = () => {
      clearTimeout(timer);
      reject(new Error("nothing more was told"));
    };
  });
}
