// Draws the country onto a canvas: colours of communities every frame, borders and names once for a size and theme.

import type { Land } from "./land";
import type { Opening } from "./protocol";

type Ink = { ink: string; paper: string };

/** Borders and names, as they lie over the colours. */
export function overlayOf(land: Land, map: Opening["map"], width: number, dense: number, { ink, paper }: Ink): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round((canvas.width * land.height) / land.width);
  const pen = canvas.getContext("2d")!;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bordersOf(land, ink), 0, 0, canvas.width, canvas.height);
  names(pen, land, map, canvas, Math.max(11, Math.min(32, width / 34)) * dense, { ink, paper });
  return canvas;
}

function bordersOf(land: Land, ink: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [land.width, land.height];
  const pen = canvas.getContext("2d")!;
  const image = pen.createImageData(land.width, land.height);
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(ink.slice(place, place + 2), 16));
  land.border.forEach((share, point) => image.data.set([red, green, blue, 190 * share], 4 * point));
  pen.putImageData(image, 0, 0);
  return canvas;
}

/** Names of districts, the most peopled first; one that would cover another is left to the table. */
function names(pen: CanvasRenderingContext2D, land: Land, map: Opening["map"], size: HTMLCanvasElement, height: number, { ink, paper }: Ink) {
  const taken: { left: number; right: number; top: number; bottom: number }[] = [];
  pen.font = `600 ${height}px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const district of [...map.districts].sort((one, other) => other.people - one.people)) {
    const half = pen.measureText(district.name).width / 2;
    const [x, y] = land.place(district.x, district.y);
    const across = Math.max(half + 2, Math.min(x * size.width, size.width - half - 2));
    const down = y * size.height;
    const box = { left: across - half, right: across + half, top: down - height * 0.6, bottom: down + height * 0.6 };
    if (taken.some((one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom)) continue;
    taken.push(box);
    pen.strokeStyle = paper;
    pen.lineWidth = height * 0.3;
    pen.globalAlpha = 0.8;
    pen.strokeText(district.name, across, down);
    pen.globalAlpha = 1;
    pen.fillStyle = ink;
    pen.fillText(district.name, across, down);
  }
}

/** What is drawn every frame. */
export class Painter {
  #pen: CanvasRenderingContext2D;
  #land: Land;
  #overlay: HTMLCanvasElement;
  #under: HTMLCanvasElement;
  #underPen: CanvasRenderingContext2D;
  #image: ImageData;
  #points: Uint32Array;
  #colours: Uint32Array;

  constructor(canvas: HTMLCanvasElement, land: Land, overlay: HTMLCanvasElement, communities: number) {
    [canvas.width, canvas.height] = [overlay.width, overlay.height];
    this.#pen = canvas.getContext("2d")!;
    this.#land = land;
    this.#overlay = overlay;
    this.#under = document.createElement("canvas");
    [this.#under.width, this.#under.height] = [land.width, land.height];
    this.#underPen = this.#under.getContext("2d")!;
    this.#image = this.#underPen.createImageData(land.width, land.height);
    this.#points = new Uint32Array(this.#image.data.buffer);
    this.#colours = new Uint32Array(communities);
  }

  /** `values` holds [month, community]; `month` may lie between two, of which `last` is the latest that is known. */
  paint(values: Uint8Array, month: number, last: number, table: Uint32Array): void {
    const each = this.#colours.length;
    const from = Math.max(0, Math.min(Math.floor(month), last));
    const [one, other, part] = [from * each, Math.min(from + 1, last) * each, Math.max(0, month - from)];
    for (let i = 0; i < each; i++) {
      this.#colours[i] = table[Math.round(values[one + i] * (1 - part) + values[other + i] * part)];
    }
    this.#fill();
  }

  /** The land before anything is known of it. */
  paintPlain(colour: number): void {
    this.#colours.fill(colour);
    this.#fill();
  }

  #fill(): void {
    const { community, opacity } = this.#land;
    const [points, colours] = [this.#points, this.#colours];
    for (let point = 0; point < points.length; point++) points[point] = colours[community[point]] | opacity[point];
    this.#underPen.putImageData(this.#image, 0, 0);
    const { width, height } = this.#overlay;
    this.#pen.clearRect(0, 0, width, height);
    this.#pen.drawImage(this.#under, 0, 0, width, height);
    this.#pen.drawImage(this.#overlay, 0, 0);
  }
}
