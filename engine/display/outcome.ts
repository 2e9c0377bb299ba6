/** What has become of a packet's tiles: overwritten by the next packet. */
export class Outcome {
  /** Tiles that were coded with loss: their boxes, 0 for the others. */
  readonly approximate: Uint32Array;
  /** Tiles that the budget left no room for. */
  readonly left: Uint32Array;
  /** Whether there are any of either. */
  isExact = true;

  constructor(tiles: number) {
    this.approximate = new Uint32Array(tiles);
    this.left = new Uint32Array(tiles);
  }

  reset(): void {
    if (this.isExact) return;
    this.approximate.fill(0);
    this.left.fill(0);
    this.isExact = true;
  }
}
