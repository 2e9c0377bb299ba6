/** Where a container goes: a file, memory, a stream. */
export interface ContainerSink {
  /** Whether `write` takes a place that was written before. */
  readonly seekable: boolean;
  /**
   * Writes `bytes` at byte `at` of the file, or behind all others. They are valid until it returns or its promise
   * settles. Only a seekable sink is given a place.
   */
  write(bytes: Uint8Array, at?: number): void | Promise<void>;
}
