/** Checks a recording byte by byte, and says where it is damaged and what is lost. JSON-able. */
import { type ErrorCode, SightlineError } from '../../codecs/index.js';
import {
  BLOCK_HEADER_BYTES,
  type Block,
  BlockType,
  ChainCheck,
  type DamageReason,
  decodeCheckpoint,
  decodeFooter,
  decodeIndexSegment,
  FILE_HEADER_BYTES,
  type NewHash,
  openRecording,
  type RandomAccess,
  type Recording,
  readBlockHeader,
  type Stretch,
  walkBlocks,
} from '../../codecs/recording/index.js';
import { type Decoders, Displays } from './displays.js';

export interface VerifyOptions {
  /** Decode every frame, too. */
  readonly decoder?: Decoders;
  /** A SHA-256 that is faster than the portable one. */
  readonly newHash?: NewHash;
  /** The recording's fingerprint as it was noted elsewhere: 64 hexadecimal digits. */
  readonly fingerprint?: string;
}

export type FaultReason =
  | DamageReason
  /** The file header or the metadata: nothing can be read without them. */
  | 'unreadable'
  /** A frame that does not follow the one before it, or does not decode, though its bytes are whole. */
  | 'frame'
  /** A checkpoint or an index that names blocks that are not there. */
  | 'directory'
  /** Every checksum is right, but bytes are not those that were sealed: somebody changed them. */
  | 'seal'
  /** The file has no footer: its recorder was killed, or it was cut. */
  | 'unfinished';

export interface Fault {
  readonly reason: FaultReason;
  /** The first byte at fault, as near as checksums can tell. */
  readonly offset: number;
  /** Where whole blocks go on. */
  readonly end: number;
  readonly message: string;
  /** Blocks that are missing; absent when nobody can know. */
  readonly lostBlocks?: number;
}

/** Most faults that are listed; the others are counted. */
const MAX_LISTED = 100;

/** What the chain of hashes says. */
export interface ChainVerdict {
  readonly seals: number;
  readonly broken: number;
  /** The first stretch between seals that is not as it was sealed, by damage or on purpose. */
  readonly firstBroken?: Stretch;
  /** Bytes behind the last seal of a recording that was not ended: checksums alone protect them. */
  readonly unsealedBytes: number;
  /** SHA-256 from the last seal to the end of the file. */
  readonly fingerprint: string;
  /** Whether it is the one that was asked for. */
  readonly matches?: boolean;
}

export interface Verification {
  readonly ok: boolean;
  readonly size: number;
  /** Why nothing at all could be read. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  readonly firstFault?: Fault;
  /** In the file's order; at most 100. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  readonly complete: boolean;
  readonly duration: number;
  readonly blocks: number;
  readonly frames: number;
  /** Bytes that belong to no whole block. */
  readonly lostBytes: number;
  /** Blocks known to be missing. */
  readonly lostBlocks: number;
  /** Slices that are whole but cannot be used, since a frame before them is missing. */
  readonly lostSlices: number;
  /** Absent when nothing could be read. */
  readonly chain?: ChainVerdict;
}

/** Never throws for what the file holds; only for what the source throws. */
export async function checkRecording(
  source: RandomAccess,
  options: VerifyOptions = {},
): Promise<Verification> {
  let recording: Recording;
  try {
    recording = await openRecording(source);
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return unreadable(source, error);
  }
  const check = new Check(source, recording, options);
  return check.run();
}

class Check {
  readonly #source: RandomAccess;
  readonly #recording: Recording;
  readonly #options: VerifyOptions;
  readonly #displays: Displays;
  readonly #chain: ChainCheck;
  readonly #faults: Fault[] = [];
  readonly #checkpoints: number[] = [];
  #faultCount = 0;
  #sealedFaults = 0;
  #brokenSeals = 0;
  #firstBroken: Stretch | undefined;
  #newest: Block | undefined;
  #lostBytes = 0;
  #lostBlocks = 0;
  #blocks = 0;
  #frameCount = 0;
  /** Screens that lost something since their last whole frame: frames that do not follow are its consequence. */
  readonly #excused = new Set<number>();

  constructor(source: RandomAccess, recording: Recording, options: VerifyOptions) {
    this.#source = source;
    this.#recording = recording;
    this.#options = options;
    this.#displays = new Displays(recording.displays, options.decoder);
    this.#chain = new ChainCheck(source, options.newHash);
  }

  async run(): Promise<Verification> {
    const { duration, complete } = this.#recording;
    let finished = false;
    for await (const item of walkBlocks(this.#source, { from: FILE_HEADER_BYTES })) {
      if (item.kind === 'block') {
        this.#blocks++;
        finished = item.type === BlockType.Footer;
        await this.#block(item);
        this.#newest = item;
        continue;
      }
      for (const track of this.#recording.displays) this.#excused.add(track);
      this.#lostBytes += item.end - item.start;
      this.#lostBlocks += item.lost ?? 0;
      this.#report({
        reason: item.reason,
        offset: item.offset,
        end: item.end,
        message: DAMAGE_WORDS[item.reason],
        ...(item.lost === undefined ? {} : { lostBlocks: item.lost }),
      });
    }
    if (!finished) this.#unfinished(duration);
    else if (!complete && this.#faultCount === 0) {
      this.#directory(this.#source.size, 'The index cannot be read, though no block is damaged.');
    }
    const chain = await this.#verdict(finished);
    const [firstFault] = this.#faults;
    return {
      ok: this.#faultCount === 0 && chain.matches !== false,
      size: this.#source.size,
      ...(firstFault === undefined ? {} : { firstFault }),
      faults: this.#faults,
      faultCount: this.#faultCount,
      complete,
      duration,
      blocks: this.#blocks,
      frames: this.#frameCount,
      lostBytes: this.#lostBytes,
      lostBlocks: this.#lostBlocks,
      lostSlices: this.#displays.skipped,
      chain,
    };
  }

  async #block(block: Block): Promise<void> {
    switch (block.type) {
      case BlockType.Message:
        this.#frame(block);
        break;
      case BlockType.Checkpoint:
        this.#checkpoints.push(block.offset);
        await this.#checkpoint(block);
        break;
      case BlockType.Index:
        this.#index(block);
        break;
      case BlockType.Seal:
        await this.#seal(block);
        break;
      case BlockType.Footer:
        this.#footer(block);
        break;
      default:
        break;
    }
  }

  /** A broken seal is a fault of its own only where nothing else tells that its stretch is damaged. */
  async #seal(block: Block): Promise<void> {
    const broken = await this.#chain.seal(block);
    if (broken !== undefined) {
      this.#brokenSeals++;
      this.#firstBroken ??= broken;
      if (this.#faultCount === this.#sealedFaults) this.#broken(broken);
    }
    this.#sealedFaults = this.#faultCount;
  }

  #broken({ from, to, fromTime, toTime }: Stretch): void {
    const seconds = (micros: number) => (micros / 1e6).toFixed(3);
    this.#report({
      reason: 'seal',
      offset: from,
      end: to,
      message: `What was recorded from ${seconds(fromTime)} s to ${seconds(toTime)} s is not what was sealed at byte ${to}.`,
    });
  }

  #footer({ payload, offset }: Block): void {
    try {
      const { seal } = decodeFooter(payload, offset);
      if (this.#newest?.type === BlockType.Seal && seal === this.#newest.offset) return;
      if (this.#faultCount > this.#sealedFaults) return;
      this.#report({ reason: 'seal', offset, end: offset, message: 'No seal lies before the footer.' });
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      this.#directory(offset, error.message);
    }
  }

  async #verdict(finished: boolean): Promise<ChainVerdict> {
    const { seals, last } = this.#chain;
    const fingerprint = await this.#chain.fingerprint();
    const wanted = this.#options.fingerprint?.toLowerCase();
    return {
      seals,
      broken: this.#brokenSeals,
      ...(this.#firstBroken === undefined ? {} : { firstBroken: this.#firstBroken }),
      unsealedBytes: finished ? 0 : this.#source.size - last,
      fingerprint,
      ...(wanted === undefined ? {} : { matches: wanted === fingerprint }),
    };
  }

  #frame(block: Block): void {
    const frames = this.#displays.of(block.track)?.frames;
    if (frames === undefined) return;
    const { skipped } = frames;
    const frame = frames.push(block.payload);
    if (frame !== undefined) {
      this.#frameCount++;
      this.#excused.delete(block.track);
    }
    if (frames.skipped === skipped || this.#excused.has(block.track)) return;
    // One report per break: what follows cannot be used either, until a whole picture comes.
    this.#excused.add(block.track);
    this.#report({
      reason: 'frame',
      offset: block.offset + BLOCK_HEADER_BYTES,
      end: block.offset + BLOCK_HEADER_BYTES + block.length,
      message: frames.fault?.message ?? '',
    });
  }

  /** What it lists must begin with a block; the ranges lie before it, so damage there was reported already. */
  async #checkpoint(block: Block): Promise<void> {
    try {
      const { live } = decodeCheckpoint(block.payload, block.offset);
      if (this.#lostBytes > 0) return;
      for (const range of live) {
        const head = await this.#source.read(range.offset, BLOCK_HEADER_BYTES);
        if (head.length < BLOCK_HEADER_BYTES || typeof readBlockHeader(head, 0) === 'string') {
          this.#directory(block.offset, `The checkpoint lists byte ${range.offset}, where no block begins.`);
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      this.#directory(block.offset, error.message);
    }
  }

  #index(block: Block): void {
    try {
      const known = new Set(this.#checkpoints);
      const wrong = decodeIndexSegment(block.payload, block.offset).entries.find(
        ({ offset }) => !known.has(offset),
      );
      this.#checkpoints.length = 0;
      if (wrong !== undefined && this.#lostBytes === 0) {
        this.#directory(block.offset, `The index lists byte ${wrong.offset}, where no checkpoint begins.`);
      }
    } catch (error) {
      if (!(error instanceof SightlineError)) throw error;
      this.#directory(block.offset, error.message);
    }
  }

  #directory(offset: number, message: string): void {
    this.#report({ reason: 'directory', offset, end: offset, message });
  }

  #unfinished(duration: number): void {
    const { end } = this.#recording;
    // A last block that is cut off says it already.
    const last = this.#faults.at(-1);
    if (last?.reason === 'truncated' && last.end === this.#source.size) return;
    this.#report({
      reason: 'unfinished',
      offset: end,
      end: this.#source.size,
      message: `The recording was not ended: it has no footer. All of it up to ${(duration / 1e6).toFixed(3)} s can be played.`,
    });
  }

  #report(fault: Fault): void {
    this.#faultCount++;
    if (this.#faults.length < MAX_LISTED) this.#faults.push(fault);
  }
}

const DAMAGE_WORDS: Readonly<Record<DamageReason, string>> = {
  marker: 'No block begins here.',
  'header-checksum': "The block header's checksum is wrong.",
  length: 'The block is longer than any may be.',
  time: "The block's time is impossible.",
  'payload-checksum': "The checksum of the block's payload, which begins here, is wrong.",
  truncated: 'The last block is cut off.',
  sequence: 'Blocks are missing before this one, or it is out of place.',
  order: 'The block is earlier than the one before it.',
};

function unreadable(source: RandomAccess, error: SightlineError): Verification {
  const fault: Fault = {
    reason: 'unreadable',
    offset: error.offset ?? FILE_HEADER_BYTES,
    end: source.size,
    message: error.message,
  };
  return {
    ok: false,
    size: source.size,
    error: { code: error.code, message: error.message },
    firstFault: fault,
    faults: [fault],
    faultCount: 1,
    complete: false,
    duration: 0,
    blocks: 0,
    frames: 0,
    lostBytes: source.size,
    lostBlocks: 0,
    lostSlices: 0,
  };
}
