/**
 * Reads a Matroska file by RFC 8794 and RFC 9559 and throws at the first thing that is not as they say: ids, sizes,
 * order, seek heads, cues. Shares nothing with the writer.
 */
export interface RandomFile {
  readonly length: number;
  read(at: number, count: number): Uint8Array;
}

export interface MkvBlock {
  readonly track: number;
  /** In units of the timestamp scale. */
  readonly time: number;
  readonly keyframe: boolean;
  readonly at: number;
  readonly size: number;
  /** Units, of blocks in groups. */
  readonly duration?: number;
}

export interface MkvSummary {
  readonly docType: string;
  readonly scale: number;
  /** Units; undefined when it is not said. */
  readonly duration: number | undefined;
  readonly segmentSizeKnown: boolean;
  readonly tracks: readonly { type: number; codec: string; width?: number; height?: number }[];
  readonly clusters: number;
  readonly blocks: readonly MkvBlock[];
  readonly cues: number;
  readonly chapters: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Whether the last element is cut off by the end of the file. */
  readonly truncated: boolean;
}

interface Element {
  readonly id: number;
  readonly at: number;
  readonly body: number;
  /** Infinity when it is not known. */
  readonly size: number;
}

const MASTERS = new Set([
  0x1a45dfa3, 0x18538067, 0x114d9b74, 0x4dbb, 0x1549a966, 0x1654ae6b, 0xae, 0xe0, 0x55b0, 0x1f43b675, 0xa0,
  0x1c53bb6b, 0xbb, 0xb7, 0x1043a770, 0x45b9, 0xb6, 0x80, 0x1254c367, 0x7373, 0x63c0, 0x67c8,
]);
const LEAVES = new Set([
  0x4286, 0x42f7, 0x42f2, 0x42f3, 0x4282, 0x4287, 0x4285, 0xec, 0x53ab, 0x53ac, 0x73a4, 0x2ad7b1, 0x4489,
  0x4461, 0x7ba9, 0x4d80, 0x5741, 0xd7, 0x73c5, 0x83, 0x88, 0x55aa, 0x9c, 0x536e, 0x22b59c, 0x86, 0x63a2,
  0x9a, 0xb0, 0xba, 0x55b1, 0x55b9, 0x55ba, 0x55bb, 0xe7, 0xa3, 0xa1, 0x9b, 0xfb, 0xb3, 0xf7, 0xf1, 0xf0,
  0x45bc, 0x73c4, 0x91, 0x92, 0x85, 0x437c, 0x45a3, 0x447a, 0x4487,
]);

export function checkMkv(file: RandomFile): MkvSummary {
  const header = readElement(file, 0, file.length);
  require(header.id === 0x1a45dfa3, 'The file begins with an EBML header.');
  const head = values(file, header);
  require(unsigned(head.get(0x4286)) === 1 && unsigned(head.get(0x42f7)) === 1, 'EBML is version 1.');
  const docType = text(head.get(0x4282));
  require(docType === 'matroska' || docType === 'webm', 'The type is Matroska or WebM.');
  require(unsigned(head.get(0x4287)) >= unsigned(head.get(0x4285)), 'It can be read by its own version.');

  const segment = readElement(file, header.body + header.size, file.length);
  require(segment.id === 0x18538067, 'A segment follows.');
  const known = Number.isFinite(segment.size);
  if (known) require(segment.body + segment.size === file.length, 'The segment is all the rest.');

  const children: Element[] = [];
  let truncated = false;
  for (let at = segment.body; at < file.length; ) {
    if (file.length - at < 12) {
      truncated = true;
      break;
    }
    const child = readElement(file, at, file.length);
    children.push(child);
    at = child.body + child.size;
    truncated = at > file.length;
  }
  if (known) require(!truncated, 'Nothing is cut off.');
  const order = children.filter(({ id }) => id !== 0xec).map(({ id }) => id);
  require(order[0] === 0x114d9b74 &&
    order[1] === 0x1549a966 &&
    order[2] === 0x1654ae6b, 'Seek head, info and tracks come first.');
  for (const id of [0x114d9b74, 0x1549a966, 0x1654ae6b, 0x1c53bb6b, 0x1043a770, 0x1254c367]) {
    require(order.filter((other) => other === id).length <= 1, 'Only clusters are repeated.');
  }

  const info = values(file, children.find(({ id }) => id === 0x1549a966)!);
  const scale = unsigned(info.get(0x2ad7b1));
  const durationBytes = info.get(0x4489);
  const duration =
    durationBytes === undefined ? undefined : new DataView(durationBytes.slice().buffer).getFloat64(0);
  const tracks = elements(file, children.find(({ id }) => id === 0x1654ae6b)!).map((entry, index) => {
    const fields = values(file, entry);
    require(unsigned(fields.get(0xd7)) === index + 1, 'Tracks are numbered from 1.');
    const video = elements(file, entry).find(({ id }) => id === 0xe0);
    const picture = video === undefined ? undefined : values(file, video);
    return {
      type: unsigned(fields.get(0x83)),
      codec: text(fields.get(0x86)),
      ...(picture === undefined
        ? {}
        : { width: unsigned(picture.get(0xb0)), height: unsigned(picture.get(0xba)) }),
    };
  });

  const whole = children.filter(({ body, size }) => body + size <= file.length);
  const clusters = whole.filter(({ id }) => id === 0x1f43b675);
  const blocks = clusters.flatMap((cluster) => readCluster(file, cluster));
  for (let track = 1; track <= tracks.length; track++) {
    const times = blocks.filter((block) => block.track === track).map(({ time }) => time);
    const rising = times.every((time, index) => index === 0 || time >= times[index - 1]!);
    require(rising, 'Times of a track never go back.');
  }
  require(blocks.every(({ track }) => track <= tracks.length), 'Every block belongs to a track.');
  if (duration !== undefined) {
    require(blocks.every(({ time }) => time <= duration + 1), 'Nothing lies behind the end.');
  }

  for (const seek of elements(file, children[0]!)) {
    const fields = values(file, seek);
    const target = segment.body + unsigned(fields.get(0x53ac));
    if (target >= file.length) continue;
    require(readElement(file, target, file.length).id ===
      unsigned(fields.get(0x53ab)), 'Seek heads lead there.');
  }
  const cues = checkCues(file, segment, whole, blocks);
  return {
    docType,
    scale,
    duration,
    segmentSizeKnown: known,
    tracks,
    clusters: clusters.length,
    blocks,
    cues,
    chapters: readChapters(file, whole),
    tags: readTags(file, whole),
    truncated,
  };
}

function readCluster(file: RandomFile, cluster: Element): MkvBlock[] {
  const children = elements(file, cluster);
  require(children[0]?.id === 0xe7, 'A cluster begins with its time.');
  const base = unsigned(bytesOf(file, children[0]!));
  return children.slice(1).map((child) => {
    if (child.id === 0xa3) return readBlock(file, child, child.at, base, true);
    require(child.id === 0xa0, 'A cluster holds blocks.');
    const group = elements(file, child);
    const length = values(file, child).get(0x9b);
    const block = readBlock(file, group.find(({ id }) => id === 0xa1)!, child.at, base, false);
    return length === undefined ? block : { ...block, duration: unsigned(length) };
  });
}

function readBlock(file: RandomFile, block: Element, at: number, base: number, simple: boolean): MkvBlock {
  const head = file.read(block.body, 4);
  require((head[0]! & 0x80) !== 0, 'Track numbers below 127 take a byte.');
  require((head[3]! & 0x06) === 0, 'Nothing is laced.');
  return {
    track: head[0]! & 0x7f,
    time: base + new DataView(head.slice().buffer).getInt16(1),
    keyframe: !simple || (head[3]! & 0x80) !== 0,
    at,
    size: block.size - 4,
  };
}

/** Every keyframe of the first track has a cue, and every cue leads to one. */
function checkCues(
  file: RandomFile,
  segment: Element,
  whole: readonly Element[],
  blocks: readonly MkvBlock[],
): number {
  const all = whole.find(({ id }) => id === 0x1c53bb6b);
  if (all === undefined) return 0;
  const points = elements(file, all);
  const keyframes = blocks.filter(({ track, keyframe }) => track === 1 && keyframe);
  require(points.length === keyframes.length, 'There is a cue for each keyframe.');
  points.forEach((point, index) => {
    const time = unsigned(values(file, point).get(0xb3));
    const place = values(file, elements(file, point).find(({ id }) => id === 0xb7)!);
    const cluster = readElement(file, segment.body + unsigned(place.get(0xf1)), file.length);
    require(cluster.id === 0x1f43b675, 'A cue leads to a cluster.');
    const block = keyframes[index]!;
    require(cluster.body + unsigned(place.get(0xf0)) === block.at, 'And in it to the keyframe.');
    require(block.time === time && unsigned(place.get(0xf7)) === block.track, 'At its time.');
  });
  return points.length;
}

function readChapters(file: RandomFile, whole: readonly Element[]): string[] {
  const all = whole.find(({ id }) => id === 0x1043a770);
  if (all === undefined) return [];
  const atoms = elements(file, elements(file, all)[0]!).filter(({ id }) => id === 0xb6);
  return atoms.map((atom) => {
    const display = elements(file, atom).find(({ id }) => id === 0x80)!;
    return `${unsigned(values(file, atom).get(0x91))} ${text(values(file, display).get(0x85))}`;
  });
}

function readTags(file: RandomFile, whole: readonly Element[]): Record<string, string> {
  const all = whole.find(({ id }) => id === 0x1254c367);
  if (all === undefined) return {};
  const simple = elements(file, elements(file, all)[0]!).filter(({ id }) => id === 0x67c8);
  return Object.fromEntries(
    simple.map((tag) => [text(values(file, tag).get(0x45a3)), text(values(file, tag).get(0x4487))]),
  );
}

function elements(file: RandomFile, parent: Element): Element[] {
  const out: Element[] = [];
  const end = parent.body + parent.size;
  for (let at = parent.body; at < end; ) {
    const child = readElement(file, at, end);
    require(child.body + child.size <= end, 'A child ends within its parent.');
    out.push(child);
    at = child.body + child.size;
  }
  return out.filter(({ id }) => id !== 0xec);
}

function values(file: RandomFile, parent: Element): Map<number, Uint8Array> {
  return new Map(
    elements(file, parent)
      .filter(({ id }) => !MASTERS.has(id))
      .map((child) => [child.id, bytesOf(file, child)]),
  );
}

function bytesOf(file: RandomFile, element: Element): Uint8Array {
  return file.read(element.body, Math.min(element.size, 4096));
}

function readElement(file: RandomFile, at: number, end: number): Element {
  const head = file.read(at, 12);
  const idLength = Math.clz32(head[0]!) - 23;
  require(idLength <= 4, `An id stands at ${at}.`);
  let id = 0;
  for (let byte = 0; byte < idLength; byte++) id = id * 256 + head[byte]!;
  require(MASTERS.has(id) || LEAVES.has(id), `0x${id.toString(16)} at ${at} is an id.`);
  const sizeLength = Math.clz32(head[idLength]!) - 23;
  require(sizeLength <= 8, 'A size follows.');
  let size = head[idLength]! & (0xff >> sizeLength);
  let ones = size === 0xff >> sizeLength;
  for (let byte = 1; byte < sizeLength; byte++) {
    size = size * 256 + head[idLength + byte]!;
    ones &&= head[idLength + byte] === 0xff;
  }
  const body = at + idLength + sizeLength;
  require(body <= end, 'An element is whole.');
  if (ones) require(id === 0x18538067, 'Only the segment may be of unknown size.');
  return { id, at, body, size: ones ? Number.POSITIVE_INFINITY : size };
}

function unsigned(bytes: Uint8Array | undefined): number {
  require(bytes !== undefined && bytes.length >= 1 && bytes.length <= 8, 'A number is 1 to 8 bytes.');
  return bytes!.reduce((sum, byte) => sum * 256 + byte, 0);
}

function text(bytes: Uint8Array | undefined): string {
  require(bytes !== undefined, 'A text is there.');
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function require(condition: boolean, rule: string): void {
  if (!condition) throw new Error(`Not so: ${rule}`);
}
