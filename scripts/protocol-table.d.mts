import type * as catalogue from '../engine/protocol/catalogue.js';

type Catalogue = Pick<typeof catalogue, 'MESSAGES' | 'RATES' | 'CHANNEL_NAMES'>;

/** The table's lines, as Markdown, padded. */
export function messageTable(catalogue: Catalogue): string[];
/** The document with the table in its place. */
export function withTable(document: string, catalogue: Catalogue): string;
