/**
 * Writes AVI: a RIFF with an old index for old players, and OpenDML 2.0 beyond a gigabyte, where more RIFFs follow.
 * The rate is constant. A picture takes the slot nearest to its time, so that none is shown more than half a frame
 * early or late, however long the file; slots in which nothing changes are empty chunks.
 */
import { SightlineError } from '../errors.js';
import { isValidSize, type Size } from '../geometry.js';
import { ChunkList, MAX_SEGMENTS, putSuperIndex, type SegmentEntry } from './avi-index.js';
import { bitmapInfo } from './bitmap-info.js';
import { ByteWriter } from './byte-writer.js';
import type { ContainerSink } from './sink.js';

export interface AviOptions {
  readonly size: Size;
  /** Four characters, or 1 for Microsoft RLE: how the pictures are compressed. */
  readonly compression: string | number;
  /** The driver's four characters. */
  readonly handler: string;
  readonly bitsPerPixel: number;
  /** A palette: B, G, R, 0 for each colour. */
  readonly extraData?: Uint8Array;
  /** Frames in a second, as a fraction. */
  readonly rate: { readonly frames: number; readonly seconds: number };
  readonly application: string;
  /** Where a RIFF ends and the next begins: a gigabyte, which old readers need. */
  readonly segmentBytes?: number;
}

const GIGABYTE = 2 ** 30;
const MIN_SEGMENT = 4096;
/** Frames in a RIFF, so that the index in memory stays small. */
const SEGMENT_FRAMES = 1 << 20;
const CHUNK_ID = '00dc';
const CHUNK_HEADER_BYTES = 8;
/** Small chunks are put together before they are written. */
const BATCH_BYTES = 256 * 1024;
/** avih: there is an index; the stream is interleaved with nothing; keyframes are marked truly. */
const HAS_INDEX = 0x10;
const IS_INTERLEAVED = 0x100;
const TRUST_CHUNK_TYPE = 0x800;
const DEFAULT_QUALITY = 0xffffffff;
const LARGE_HEADER_BYTES = 248;

export class AviWriter {
  readonly #sink: ContainerSink;
  readonly #options: AviOptions;
  readonly #segmentBytes: number;
  readonly #batch = new ByteWriter();
  readonly #chunks = new ChunkList();
  readonly #segments: SegmentEntry[] = [];
  /** Bytes written, and waiting in the batch. */
  #position = 0;
  /** Places of this RIFF's header and of its `movi`. */
  #riff = 0;
  #movi = 0;
  #frames = 0;
  #firstFrames = 0;
  #largest = 0;
  #largestSecond = 0;
  #secondBytes = 0;
  #started = false;
  #finished = false;

  /** Refuses options that no file can have. */
  constructor(sink: ContainerSink, options: AviOptions) {
    const { size, rate } = options;
    if (!isValidSize(size.width, size.height)) {
      refuse('size', `A picture of ${size.width} x ${size.height} is out of bounds.`);
    }
    for (const part of [rate.frames, rate.seconds]) {
      if (!Number.isInteger(part) || part < 1 || part > 1e9)
        refuse('rate', 'A rate is two whole numbers above 0.');
    }
    this.#segmentBytes = options.segmentBytes ?? GIGABYTE;
    if (!(this.#segmentBytes >= MIN_SEGMENT && this.#segmentBytes <= GIGABYTE)) {
      refuse('segmentBytes', `A RIFF has ${MIN_SEGMENT} bytes to a gigabyte.`);
    }
    this.#sink = sink;
    this.#options = options;
  }

  /** Bytes of the file so far. */
  get position(): number {
    return this.#position;
  }

  /** The slot of a time in microseconds: the nearest one. */
  slotOf(time: number): number {
    const { frames, seconds } = this.#options.rate;
    return Math.round((time * frames) / (seconds * 1e6));
  }

  /** Whether a picture at `time` would have a slot of its own: if not, it is to be merged into the next one. */
  takes(time: number): boolean {
    return this.slotOf(time) >= this.#frames;
  }

  /** Adds the picture that is shown from `time` (microseconds from the beginning) on. */
  async addFrame(time: number, bytes: Uint8Array, keyframe: boolean): Promise<void> {
    if (!(time >= 0 && time * this.#options.rate.frames <= Number.MAX_SAFE_INTEGER)) {
      refuse('time', `${time} is not a time in microseconds.`);
    }
    const slot = this.slotOf(time);
    if (slot < this.#frames) {
      throw new SightlineError('bad-state', `Slot ${slot} is taken: ask "takes" before a picture is coded.`);
    }
    if (bytes.length >= this.#segmentBytes) refuse('bytes', 'A picture is larger than a RIFF.');
    await this.#fill(slot);
    await this.#chunk(bytes, keyframe);
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await this.#start();
    if (this.#batch.length === 0) return;
    await this.#sink.write(this.#batch.bytes);
    this.#batch.clear();
  }

  /** Writes indexes and sizes. The last picture is shown until `end`, in microseconds. */
  async finish(end = 0): Promise<void> {
    await this.#start();
    await this.#fill(this.slotOf(end));
    await this.#endSegment();
    await this.flush();
    this.#finished = true;
    if (!this.#sink.seekable) return;
    const header = new ByteWriter();
    this.#putHeader(header);
    await this.#sink.write(header.bytes, CHUNK_HEADER_BYTES);
  }

  async #fill(slot: number): Promise<void> {
    while (this.#frames < slot) await this.#chunk(new Uint8Array(), false);
  }

  async #chunk(bytes: Uint8Array, keyframe: boolean): Promise<void> {
    if (this.#finished) throw new SightlineError('bad-state', 'The file is finished.');
    await this.#start();
    const size = CHUNK_HEADER_BYTES + bytes.length + (bytes.length & 1);
    // The indexes of this RIFF belong to it: 24 bytes for each chunk.
    const indexed = this.#position - this.#riff + size + 24 * (this.#chunks.count + 2) + 64;
    if (this.#chunks.count > 0 && (indexed > this.#segmentBytes || this.#chunks.count === SEGMENT_FRAMES)) {
      await this.#endSegment();
      this.#beginSegment();
    }
    this.#chunks.add(this.#position - this.#movi, bytes.length, keyframe);
    const batch = this.#batch;
    batch.text(CHUNK_ID).u32le(bytes.length);
    if (bytes.length > BATCH_BYTES) {
      await this.flush();
      await this.#sink.write(bytes);
    } else {
      batch.put(bytes);
    }
    if ((bytes.length & 1) !== 0) batch.u8(0);
    this.#position += size;
    this.#note(size);
    if (batch.length > BATCH_BYTES) await this.flush();
  }

  /** What the headers say of the largest chunk, and of the second with the most bytes. */
  #note(size: number): void {
    const { frames, seconds } = this.#options.rate;
    const second = (frame: number) => Math.floor((frame * seconds) / frames);
    if (this.#frames > 0 && second(this.#frames) !== second(this.#frames - 1)) this.#secondBytes = 0;
    this.#secondBytes += size;
    this.#largestSecond = Math.max(this.#largestSecond, this.#secondBytes);
    this.#largest = Math.max(this.#largest, size);
    this.#frames++;
  }

  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    this.#batch.text('RIFF').u32le(0);
    this.#putHeader(this.#batch);
    this.#position = this.#batch.length;
    this.#openMovi();
  }

  #beginSegment(): void {
    this.#riff = this.#position;
    this.#batch.text('RIFF').u32le(0).text('AVIX');
    this.#position += 12;
    this.#openMovi();
  }

  #openMovi(): void {
    this.#batch.text('LIST').u32le(0).text('movi');
    this.#movi = this.#position + CHUNK_HEADER_BYTES;
    this.#position += 12;
  }

  /** Indexes of this RIFF, and the sizes of its lists. */
  async #endSegment(): Promise<void> {
    if (this.#segments.length === MAX_SEGMENTS) {
      throw new SightlineError('too-large', `An AVI has at most ${MAX_SEGMENTS} RIFFs.`);
    }
    const first = this.#segments.length === 0;
    const end = new ByteWriter();
    const standard = new ByteWriter();
    this.#chunks.putStandard(standard, CHUNK_ID, this.#movi);
    end.text('ix00').u32le(standard.length).put(standard.bytes);
    this.#segments.push({ offset: this.#position, size: end.length, frames: this.#chunks.count });
    const moviSize = this.#position + end.length - this.#movi;
    if (first) {
      this.#firstFrames = this.#chunks.count;
      const old = new ByteWriter();
      this.#chunks.putOld(old, CHUNK_ID);
      end.text('idx1').u32le(old.length).put(old.bytes);
    }
    this.#batch.put(end.bytes);
    this.#position += end.length;
    this.#chunks.clear();
    await this.flush();
    if (!this.#sink.seekable) return;
    await this.#sink.write(u32(moviSize), this.#movi - 4);
    await this.#sink.write(u32(this.#position - this.#riff - CHUNK_HEADER_BYTES), this.#riff + 4);
  }

  /** From the first RIFF's form to where `movi` begins; always as long. */
  #putHeader(writer: ByteWriter): void {
    writer.text('AVI ');
    list(writer, 'hdrl', (header) => {
      chunk(header, 'avih', (main) => this.#putMainHeader(main));
      list(header, 'strl', (stream) => {
        chunk(stream, 'strh', (head) => this.#putStreamHeader(head));
        chunk(stream, 'strf', (format) =>
          format.put(
            bitmapInfo({
              size: this.#options.size,
              compression: this.#options.compression,
              bitsPerPixel: this.#options.bitsPerPixel,
              extraData: this.#options.extraData ?? new Uint8Array(),
            }),
          ),
        );
        chunk(stream, 'indx', (index) => putSuperIndex(index, CHUNK_ID, this.#segments));
      });
      list(header, 'odml', (large) =>
        chunk(large, 'dmlh', (content) => content.u32le(this.#frames).zeros(LARGE_HEADER_BYTES - 4)),
      );
    });
    list(writer, 'INFO', (info) =>
      chunk(info, 'ISFT', (software) => software.text(this.#options.application).u8(0)),
    );
  }

  #putMainHeader(writer: ByteWriter): void {
    const { rate, size } = this.#options;
    writer
      .u32le(Math.round((rate.seconds * 1e6) / rate.frames))
      .u32le(Math.min(this.#largestSecond, 0xffffffff))
      .u32le(0)
      .u32le(HAS_INDEX | IS_INTERLEAVED | TRUST_CHUNK_TYPE)
      .u32le(this.#firstFrames)
      .u32le(0)
      .u32le(1)
      .u32le(this.#largest)
      .u32le(size.width)
      .u32le(size.height)
      .zeros(16);
  }

  #putStreamHeader(writer: ByteWriter): void {
    const { rate, size, handler } = this.#options;
    writer
      .text('vids')
      .text(handler)
      .zeros(12)
      .u32le(rate.seconds)
      .u32le(rate.frames)
      .u32le(0)
      .u32le(this.#frames)
      .u32le(this.#largest)
      .u32le(DEFAULT_QUALITY)
      .u32le(0)
      .u16le(0)
      .u16le(0)
      .u16le(size.width)
      .u16le(size.height);
  }
}

function chunk(writer: ByteWriter, id: string, fill: (content: ByteWriter) => void): void {
  const content = new ByteWriter();
  fill(content);
  writer.text(id).u32le(content.length).put(content.bytes);
  if ((content.length & 1) !== 0) writer.u8(0);
}

function list(writer: ByteWriter, type: string, fill: (content: ByteWriter) => void): void {
  chunk(writer, 'LIST', (content) => {
    content.text(type);
    fill(content);
  });
}

function u32(value: number): Uint8Array {
  return new ByteWriter().u32le(value).bytes;
}

function refuse(field: string, message: string): never {
  throw new SightlineError('bad-argument', message, { field });
}
