/** As many numbers as there are lines across an edge, or samples in a row of a block. */
export type Eight = [number, number, number, number, number, number, number, number];
