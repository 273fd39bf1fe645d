/** Round numbers over a range, for an axis. */
export function ticks(low: number, high: number, about = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const off = (step: number) => Math.abs(Math.log(step / rough));
  const step = [1, 2, 5, 10].map((times) => times * power).reduce((so, size) => (off(size) < off(so) ? size : so));
  const found = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) found.push(Number(tick.toPrecision(12)));
  return found;
}
