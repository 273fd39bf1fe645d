// Intervals for a share, a mean, a difference in pairs and a survival curve: the same as those of
// mipo_sim/analysis/intervals.py, held against them by tests/test_page.py.

export const LEVEL = 0.95;

export interface Interval {
  low: number;
  high: number;
}

const NOTHING: Interval = { low: NaN, high: NaN };

/** How many standard errors an interval of that confidence reaches to either side (Acklam's formula). */
export function normalReach(level: number): number {
  const p = 0.5 + level / 2;
  if (p > 0.97575) {
    const q = Math.sqrt(-2 * Math.log(1 - p));
    const above =
      ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
      2.938163982698783;
    const below =
      (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
    return -above / below;
  }
  const q = p - 0.5;
  const r = q * q;
  const above =
    (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
    q;
  const below =
    ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
      1.328068155288572e1) *
      r +
    1;
  return above / below;
}

const reaches = new Map<string, number>();

/** The same for Student's distribution; many intervals share level and degrees of freedom. */
export function studentReach(level: number, freedom: number): number {
  if (freedom < 1) return NaN;
  const key = `${level} ${freedom}`;
  const known = reaches.get(key) ?? soughtReach(level, freedom);
  reaches.set(key, known);
  return known;
}

function soughtReach(level: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (withinStudent(high, freedom) < level) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (withinStudent(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that Student's variable lies within `reach` of zero. */
function withinStudent(reach: number, freedom: number): number {
  const x = freedom / (freedom + reach * reach);
  return 1 - incompleteBeta(x, freedom / 2, 0.5);
}

/** Regularised incomplete beta function, by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return front * fraction;
}

/** Logarithm of the gamma function (Lanczos). */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const y = x - 1;
  const sum = terms.reduce((so, term, i) => so + term / (y + i + 1), 0.9999999999998099);
  const t = y + terms.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

export function wilson(events: number, cases: number, level = LEVEL): Interval {
  if (!cases) return NOTHING;
  const z = normalReach(level);
  const share = events / cases;
  const middle = (share + (z * z) / (2 * cases)) / (1 + (z * z) / cases);
  const reach = (z / (1 + (z * z) / cases)) * Math.sqrt((share * (1 - share)) / cases + (z * z) / (4 * cases * cases));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/** Wilson's interval for a share whose standard error allows for clusters: of as many cases as would have that error. */
export function clusteredShare(share: number, error: number, freedom: number, level = LEVEL): Interval {
  if (freedom < 1) return NOTHING;
  const spread = share * (1 - share);
  const few = (normalReach(level) / studentReach(level, freedom)) ** 2;
  const cases = error > 0 && spread > 0 ? (spread / error ** 2) * few : freedom + 1; // none or all: one case a cluster
  return wilson(share * cases, cases, level);
}

/** Interval of a mean from its standard error. */
export function student(mean: number, error: number, freedom: number, level = LEVEL): Interval {
  const reach = studentReach(level, freedom) * error;
  return { low: mean - reach, high: mean + reach };
}

export function agrestiMin(more: number, less: number, pairs: number, level = LEVEL): Interval {
  if (!pairs) return NOTHING;
  const [first, second, all] = [more + 0.5, less + 0.5, pairs + 2];
  const middle = (first - second) / all;
  const spread = first + second - (first - second) ** 2 / all;
  const reach = (normalReach(level) * Math.sqrt(spread)) / all;
  return { low: Math.max(-1, middle - reach), high: Math.min(1, middle + reach) };
}

export interface SurvivalMonth extends Interval {
  month: number;
  atPeace: number;
  atRisk: number;
}

/** Kaplan and Meier's curve with its log-log band, from relapses in and worlds leaving in each month. */
export function survival(lost: number[], left: number[]): SurvivalMonth[] {
  const z = normalReach(LEVEL);
  const found: SurvivalMonth[] = [];
  let atRisk = left.reduce((sum, count) => sum + count, 0);
  let atPeace = 1;
  let greenwood = 0;
  for (let month = 0; month < lost.length; month++) {
    if (!atRisk && atPeace > 0) break; // nobody is left, so that nothing more is known
    if (atRisk) {
      atPeace *= 1 - lost[month] / atRisk;
      greenwood += lost[month] / (atRisk * Math.max(atRisk - lost[month], 1));
      found.push({ month, atPeace, atRisk, ...band(atPeace, greenwood, atRisk, z, month) });
    } else {
      found.push({ ...found[found.length - 1], month, atRisk: 0 });
    }
    atRisk -= left[month];
  }
  return found;
}

function band(share: number, greenwood: number, atRisk: number, z: number, month: number): Interval {
  if (!month) return { low: share, high: share };
  if (share <= 0 || share >= 1) return wilson(Math.round(share * atRisk), atRisk);
  const reach = (z * Math.sqrt(greenwood)) / Math.log(share);
  return { low: share ** Math.exp(-reach), high: share ** Math.exp(reach) };
}
