// Where a lesson stops, what was foreseen, and what came of it.

import type { Answer, Guess } from "./class";
import type { Band, Happening, Lesson, Moment, Prediction } from "./protocol";
import type { Run } from "./run.svelte";
import { number, say } from "./words.svelte";
import { shareOf, type Share } from "./worlds";

export type Stop = { place: number; moment: Moment; kind: "ask" | "reveal"; month: number };

/** The next stop that the class has not passed; what is to be looked at comes before what is asked. */
export function nextStop(lesson: Lesson | null, answerOf: (place: number) => Answer): Stop | null {
  const stops = (lesson?.moments ?? []).flatMap((moment, place): Stop[] => {
    const answer = answerOf(place);
    if (!answer.passed) return [{ place, moment, kind: "ask", month: moment.month }];
    if (!moment.predict || answer.revealed) return [];
    return [{ place, moment, kind: "reveal", month: Math.max(moment.reveal, moment.predict.month) }];
  });
  const order = (stop: Stop) => 2 * stop.month + Number(stop.kind === "ask");
  return stops.length ? stops.reduce((so, stop) => (order(stop) < order(so) ? stop : so)) : null;
}

/** What can be foreseen. */
export const guesses = (predict: Prediction): Guess[] =>
  predict.kind === "line" ? ["first", "second", "same"] : ["neither", "first", "second", "both"];

/** What is foreseen, or came (`war.first`, `war.second`: of one mission alone), in words. */
export const guessInWords = ({ kind }: Prediction, guess: string, [first, second]: string[]): string =>
  say(`moment.${kind}.${guess}`, { first, second });

/** What the class is asked to foresee, in words. */
export const askedInWords = ({ kind, line, month }: Prediction): string =>
  say(`moment.${kind}.ask`, { month: number(month), line: line && say(`lines.${line}`) });

/** What came in the world that is shown: values of both missions, and which guess was right. */
export type Came = { values: [number, number]; guess: Guess };

export function whatCame(predict: Prediction, run: Pick<Run, "missions" | "events" | "known">): Came | null {
  if (run.known < predict.month) return null;
  const values = [0, 1].map((place) =>
    predict.kind === "line"
      ? (run.missions[place].lines[predict.line]?.[predict.month - 1] ?? NaN)
      : Number(run.events.some((event) => returnsToWar(event, place, predict.month))),
  ) as [number, number];
  return { values, guess: predict.kind === "line" ? higher(values, predict.margin) : atWar(values) };
}

/** The event is told some months after the month that counts as the first of the new war. */
const returnsToWar = ({ what, mission, month, before }: Happening, place: number, until: number): boolean =>
  what === "war_returns" && mission === place && (before ?? month) < until;

const higher = ([first, second]: [number, number], margin: number): Guess =>
  Math.abs(first - second) <= margin ? "same" : first > second ? "first" : "second";

const atWar = ([first, second]: [number, number]): Guess =>
  first && second ? "both" : first ? "first" : second ? "second" : "neither";

/** How often something came in other worlds, with its 95 % interval. */
export type Odds = Share & { key: string };

export function oddsOf(predict: Prediction, band: Band): Odds[] {
  const odds = (key: string, share: number): Odds => ({ key, ...shareOf(share, band.worlds) });
  const at = predict.month - 1;
  if (predict.kind === "relapse") {
    return band.missions.map((mission, place) => odds(place ? "war.second" : "war.first", mission.relapsed[at]));
  }
  const pair = band.pairs[predict.line];
  if (!pair) return [];
  const [more, less] = [pair.more[at], pair.less[at]];
  return [odds("first", less), odds("second", more), odds("same", Math.max(0, 1 - more - less))];
}
