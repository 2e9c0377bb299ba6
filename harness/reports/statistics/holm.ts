/**
 * Many questions at once: with 100 figures and a chance of 5 % each, five would differ by luck alone. Holm's procedure
 * (Scandinavian Journal of Statistics 6, 1979) holds the chance that *any* figure is called different without being so
 * at or below the stated one, however the figures hang together.
 */

/** For each p-value, the level at which it was tested: it is rejected where it is not above its level. */
export function holmLevels(pValues: readonly number[], errorRate: number): number[] {
  const order = [...pValues.keys()].sort((a, b) => pValues[a]! - pValues[b]!);
  const levels = new Array<number>(pValues.length);
  let level = 0;
  let isOver = false;
  for (const [rank, index] of order.entries()) {
    // After the first that is not rejected none is: the others are held to the level at which it ended.
    if (!isOver) level = errorRate / (pValues.length - rank);
    isOver ||= pValues[index]! > level;
    levels[index] = level;
  }
  return levels;
}
