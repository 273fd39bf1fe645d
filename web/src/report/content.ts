// What Python embeds in the page (mipo_sim/report/content.py).

export type Maybe = number | null;

export interface Measure {
  name: string;
  unit: string;
  better: "less" | "more" | "neither";
  label: string;
}

export interface Axis {
  name: string;
  label: string;
  unit: string;
}

export interface Side {
  axes: Axis[];
  labels: string[];
  levels: string[][];
}

export interface Statistic {
  n: number[];
  events?: number[];
  mean?: Maybe[];
  sd?: Maybe[];
  error?: Maybe[];
}

export interface Pairs {
  of: [number, number][];
  outcomes: Record<string, { n: number[]; more?: number[]; less?: number[]; mean?: Maybe[]; sd?: Maybe[] }>;
}

export interface Plane {
  whole: boolean;
  rows: Side;
  columns: Side;
  cells: { row: number[]; column: number[]; worlds: number[]; point: number[]; again: string[] };
  statistics: Record<string, Statistic>;
  freedom?: number[];
  pairs?: Pairs;
  survival?: { lost?: number[][]; left?: number[][] };
  months?: { month?: number[]; lines?: Record<string, [Maybe[], Maybe[], Maybe[]][]> };
}

export interface Sensitivity {
  method?: string;
  measures?: string[];
  outcomes?: Record<string, { axis: string[]; measure: string[]; value: Maybe[]; low: Maybe[]; high: Maybe[] }>;
  refused?: Record<string, string>;
}

export interface BoxRow {
  box: number;
  axis: string;
  low: Maybe;
  high: Maybe;
  options: string;
  reproduced: Maybe;
  density: Maybe;
  density_low: Maybe;
  density_high: Maybe;
  coverage: Maybe;
  coverage_low: Maybe;
  coverage_high: Maybe;
  everywhere: Maybe;
  clear: boolean;
  points: number;
  worlds: number;
}

export interface About {
  name: string;
  kind: string;
  version: string;
  commit: string | null;
  config: string;
  seed: number;
  written: string;
  worlds: number;
  planned: number;
  points: number;
  months: number[];
  made_with: Record<string, string | number>;
  base: Record<string, string | number>;
  story: string;
  levers: (Axis & { values: string })[];
  contexts: (Axis & { values: string })[];
  again: string;
  stylised: string[];
}

export interface ReportContent {
  kind: "report";
  about: About;
  outcomes: Measure[];
  measures: Measure[];
  planes: Plane[];
  sensitivity: Sensitivity;
  boxes: Record<string, BoxRow[]>;
  faults: {
    failed: number;
    reasons: [string, number][];
    first_failed: number | null;
    breaches: Record<string, number>;
  };
  notes: string[];
  folder?: string;
}

export interface ChoiceContent {
  kind: "choice";
  folder: string;
  results: { link: string; name: string; what: string; points: number; worlds: number; done: number; seed: number; note: string }[];
}

export interface RefusalContent {
  kind: "refusal";
  text: string;
}

export type Content = ReportContent | ChoiceContent | RefusalContent;
