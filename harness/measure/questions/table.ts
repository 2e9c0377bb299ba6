/** An answer: a table of figures that anybody can read. */
export interface Answer {
  /** Names of the figures, in order. */
  readonly columns: readonly string[];
  readonly rows: readonly AnswerRow[];
}

export interface AnswerRow {
  readonly case: string;
  /** By column; undefined: it has none, or it did not come within the limit. */
  readonly figures: Readonly<Record<string, number | undefined>>;
}

/** Called with every row as it is found. */
export type OnRow = (row: AnswerRow) => void;
