// The page's own time. The program tells months ahead; the clock decides which have been lived.

export const SPEEDS = [1, 2, 5, 10, 20] as const;
/** Text and charts follow the clock this often while it plays; more could not be read. */
const SHOWN_EVERY = 200; // milliseconds
const LONGEST_FRAME = 0.25; // seconds; a page that slept goes on from where it was
const FOLLOWED = 2; // months that a follower may be away from what it follows

type Hook = (month: number) => void;
type Months = { known: () => number; length: () => number };

export class Clock {
  /** Months lived, as text and charts show it: exact at rest, five times a second while playing. */
  month = $state(0);
  playing = $state(false);
  /** Months a second. */
  speed = $state(5);
  /** Whether the clock stands still because the next month has not been told yet. */
  waiting = $state(false);
  /** The clock goes no further than this month: where a lesson has something to ask. */
  hold = $state<number | null>(null);

  /** Months lived, exactly. */
  lived = 0;
  /** Place in time for what is drawn every frame: `lived`, and how much of the next month. */
  at = 0;

  #months: Months;
  #hooks = new Set<Hook>();
  #drawn = new Set<() => void>();
  #wanted: number | null = null;
  #frame = 0;
  #last = 0;
  #shownAt = 0;

  constructor(months: Months) {
    this.#months = months;
  }

  /** Call at every month that the clock comes to; returns how to stop that. */
  onMonth(hook: Hook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** Call whenever the place in time has changed, at most once a frame; returns how to stop that. */
  onFrame(draw: () => void): () => void {
    this.#drawn.add(draw);
    return () => this.#drawn.delete(draw);
  }

  /** The last month that the clock may come to now. */
  get limit(): number {
    return Math.min(this.#months.known(), this.hold ?? Infinity, this.#months.length());
  }
  get ended(): boolean {
    return this.month >= this.#months.length();
  }

  play(): void {
    if (this.playing || this.lived >= this.#end()) return;
    this.playing = true;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#tick(now));
  }

  pause(): void {
    cancelAnimationFrame(this.#frame);
    this.playing = false;
    this.waiting = false;
    this.at = this.lived;
    this.#show();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** One month on or, with -1, back; pauses. */
  step(by: number): void {
    this.pause();
    this.seek(this.lived + by);
  }

  /** Go to a month, as far as it is known; the rest of the way when it is told. */
  seek(month: number): void {
    const whole = Math.max(0, Math.min(Math.round(month), this.#end()));
    this.#wanted = whole > this.limit ? whole : null;
    this.#moveTo(Math.min(whole, this.limit));
  }

  /** Months have been told: go on to the month that was wanted. */
  arrived(): void {
    if (this.#wanted === null) return;
    const wanted = this.#wanted;
    if (this.limit >= wanted) this.seek(wanted);
  }

  /** The run changes from a month on: nothing of it has been lived yet. */
  branched(from: number): void {
    this.#wanted = null;
    if (this.lived > from) this.#moveTo(from);
    else this.at = this.lived;
  }

  /** Do as another page's clock does. */
  follow(month: number, playing: boolean, speed: number): void {
    this.speed = speed;
    if (!playing) {
      this.pause();
      this.seek(month);
    } else {
      if (Math.abs(this.lived - month) > FOLLOWED + speed / 2) this.seek(month);
      this.play();
    }
  }

  #end(): number {
    return Math.min(this.hold ?? Infinity, this.#months.length());
  }

  #moveTo(month: number): void {
    this.lived = this.at = month;
    this.#last = performance.now();
    this.#show();
    this.#tell(month);
  }

  #tick(now: number): void {
    if (!this.playing) return;
    const passed = Math.min(LONGEST_FRAME, Math.max(0, (now - this.#last) / 1000));
    this.#last = now;
    const before = this.lived;
    this.at = Math.min(this.at + passed * this.speed, this.limit);
    for (let month = before + 1; month <= Math.floor(this.at) && this.playing; month++) {
      this.lived = month;
      this.#tell(month);
    }
    if (!this.playing) return; // whoever was told has paused
    this.waiting = this.at >= this.#months.known() && this.at < this.#end();
    if (this.lived >= this.#end()) return this.pause();
    for (const draw of this.#drawn) draw();
    if (now - this.#shownAt >= SHOWN_EVERY) {
      this.month = this.lived;
      this.#shownAt = now;
    }
    this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }

  #tell(month: number): void {
    for (const hook of this.#hooks) hook(month);
  }

  #show(): void {
    this.month = this.lived;
    for (const draw of this.#drawn) draw();
  }
}
