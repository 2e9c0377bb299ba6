/**
 * The auto stream of a host, in use: how its packets are coded is the controller's decision; what they lost is
 * sharpened when nothing new waits.
 */
import { AUTO_STREAM, boxArea, ColourLevel, packQuality } from '../../codecs/index.js';
import type { Clock, Micros } from '../clock.js';
import type { AutoStream, CodedPacket, Commit, DisplayPipeline, Packet } from '../display/index.js';
import {
  AckWindow,
  AutoController,
  type AutoDecision,
  type AutoInputs,
  type AutoReason,
  refineAfter,
} from '../flow/index.js';
import { type FrameAck, NO_VIEWER, type Point } from '../protocol/index.js';
import { NaturalTiles } from './natural-tiles.js';

/** What has rested for so long without being sharpened goes first, once in as long. */
const OVERDUE: Micros = 1_000_000;
/** Longest time between changes that makes a rate. */
const LONGEST_PERIOD: Micros = 1_000_000;

/** What decides how the stream is coded: the engine's `AutoController`. */
export type AutoControl = Pick<AutoController, 'decide' | 'coded' | 'acked' | 'log'>;

/** The packet under way. */
interface Plan {
  readonly packet: Packet;
  readonly decision: AutoDecision;
  /** Undefined for a viewer beside others: what it needs says nothing of the stream. */
  readonly control: AutoControl | undefined;
  readonly startedAt: Micros;
}

export class AutoLevel {
  readonly level = AUTO_STREAM;
  readonly window = new AckWindow();
  readonly control: AutoControl;
  readonly #makeControl: () => AutoControl;
  readonly #clock: Clock;
  readonly #wake: () => void;
  readonly #natural = new NaturalTiles();
  /** By viewer: the link of one that was brought up to date beside others. */
  readonly #links = new Map<number, AckWindow>();
  #stream: AutoStream;
  #plan: Plan | undefined;
  /** The newest about new damage. */
  #decision: AutoDecision | undefined;
  #pointer: Point | undefined;
  #queueDepth = 0;
  #decodeTime: Micros = 0;
  #encodeTime: Micros = 0;
  #nextDamageAt: Micros = 0;
  #changedAt: Micros = Number.NEGATIVE_INFINITY;
  #period: Micros = 0;
  #refinedAt: Micros = 0;
  #wakeAt: Micros = Number.POSITIVE_INFINITY;
  #cancelWake: (() => void) | undefined;

  /** @param wake Is called when there may be something to do that nothing else tells of. */
  constructor(
    stream: AutoStream,
    clock: Clock,
    wake: () => void,
    makeControl: () => AutoControl = () => new AutoController(),
  ) {
    this.#makeControl = makeControl;
    this.control = makeControl();
    this.#stream = stream;
    this.#clock = clock;
    this.#wake = wake;
  }

  get stream(): AutoStream {
    return this.#stream;
  }

  /** Of a new pipeline. */
  set stream(stream: AutoStream) {
    this.#stream = stream;
    this.#plan = undefined;
    this.#natural.clear();
  }

  /** How it is coded now, for people: the coarsest of what viewers hold, or that everything is exact. */
  get state(): { readonly quality: number; readonly text: ColourLevel; readonly reason: AutoReason } {
    const decision = this.#decision;
    if (decision === undefined || this.isSettled)
      return { quality: 0, text: ColourLevel.High, reason: 'exact' };
    const { transformQuality, textLevel, reason } = decision;
    return { quality: this.stream.loss.coarsest || transformQuality, text: textLevel, reason };
  }

  /** Whether its viewers hold all that there is, exactly. */
  get isSettled(): boolean {
    return !this.stream.isActive || (!this.stream.isPending && this.stream.loss.isEmpty);
  }

  /** Whether new damage may be sent now; if only its pace forbids it, it is asked again when that allows. */
  isReady(now: Micros): boolean {
    if (!this.window.isOpen(now)) return false;
    if (now >= this.#nextDamageAt) return true;
    this.#wakeUpAt(this.#nextDamageAt);
    return false;
  }

  /** The source says that its picture has changed. */
  sourceChanged(): void {
    const now = this.#clock.now();
    const since = now - this.#changedAt;
    if (since > LONGEST_PERIOD) this.#period = 0;
    else this.#period = this.#period === 0 ? since : (3 * this.#period + since) / 4;
    this.#changedAt = now;
  }

  /** A technician's pointer or laser is there: what is near it is sharpened first. */
  pointsAt(point: Point): void {
    this.#pointer = point;
  }

  /** A frame was committed, whether it is sent or not. */
  committed({ change }: Commit): void {
    this.stream.loss.changed(change.changed, this.#clock.now());
  }

  /**
   * Everything that its viewers miss: what is pending, and what `commit` has just brought. Undefined while as much is
   * on its way as may be: it is asked again with the next ack.
   */
  packet(pipeline: DisplayPipeline, commit?: Commit): Packet | undefined {
    const { stream } = this;
    const damage = stream.damage(commit?.change);
    const now = this.#clock.now();
    const decision = this.control.decide({
      ...this.#inputs(now, this.window),
      damagePixels: Math.max(1, areaOf(damage)),
      leftPixels: stream.leftPixels,
      ...this.#natural.share(damage),
    });
    if (decision.budgetBytes === 0 && stream.last !== 0) return undefined;
    // What a packet left has no frame of its own to go with.
    const isLeft = commit === undefined && stream.last === pipeline.frame;
    const frame = isLeft ? pipeline.extraFrame() : pipeline.frame;
    const packet = stream.packet(frame, commit?.change, commit?.drawnAt);
    this.#decision = decision;
    this.#nextDamageAt = now + decision.minInterval;
    // A whole picture must be whole.
    const budget = packet.base === 0 ? Number.POSITIVE_INFINITY : decision.budgetBytes;
    const limited = { ...packet, budget, viewer: NO_VIEWER };
    return this.#planned(limited, decision, this.control);
  }

  /** Whether something has waited in vain to be sharpened because new damage never ends: once in a while it goes first. */
  isOverdue(now: Micros): boolean {
    if (now - this.#refinedAt < OVERDUE || !this.#mayRefine(now)) return false;
    return this.stream.loss.rested(now - OVERDUE, Number.POSITIVE_INFINITY).tiles.length > 0;
  }

  /**
   * What is to be sharpened now; undefined: nothing. It is asked again when that may have changed.
   *
   * @param anyway A little, even when the controller finds no room.
   */
  refinement(pipeline: DisplayPipeline, anyway = false): Packet | undefined {
    const { stream, window } = this;
    const now = this.#clock.now();
    if (!this.#mayRefine(now)) return undefined;
    const { tiles, nextAt } = stream.loss.rested(now, this.#changedAt + refineAfter(this.#period));
    if (tiles.length === 0) {
      this.#wakeUpAt(nextAt);
      return undefined;
    }
    const { due } = stream.loss;
    let approximatePixels = 0;
    let approximateQuality = 100;
    for (const tile of tiles) {
      approximatePixels += boxArea(due[tile]!);
      approximateQuality = Math.min(approximateQuality, stream.loss.quality(tile));
    }
    const decision = this.control.decide({
      ...this.#inputs(now, window),
      damagePixels: 0,
      approximatePixels,
      approximateQuality,
      ...this.#natural.share(due, tiles),
    });
    if (!decision.refine && !anyway) {
      this.#wakeUpAt(now + decision.askAfter);
      return undefined;
    }
    const quality = decision.transformQuality;
    const chosen = quality === 0 ? tiles : tiles.filter((tile) => stream.loss.quality(tile) < quality);
    stream.loss.sort(chosen, now, this.#pointer);
    this.#refinedAt = now;
    const packet = {
      ...stream.refinement(pipeline.extraFrame(), chosen, pipeline.drawnAt),
      budget: Math.max(1, decision.refineBudgetBytes),
      order: chosen,
      refinement: true,
      viewer: NO_VIEWER,
    };
    return this.#planned(packet, decision, this.control);
  }

  /**
   * What brings viewers from `base` to what the stream holds.
   *
   * @param address What it is addressed to.
   * @param viewer One of them, by whose link it is coded.
   * @param beside Whether others are in the stream.
   */
  refresh(
    pipeline: DisplayPipeline,
    address: number,
    viewer: number,
    base: number,
    askedAt: Micros,
    beside: boolean,
  ): Packet {
    const { stream } = this;
    const packet = pipeline.refresh(AUTO_STREAM, address, base, askedAt);
    // What was lost before `base` comes with the stream's refinements, as for the others. Beside others it goes on
    // from the frame that they hold; what is newer in its picture comes again with the next.
    const frame = beside && stream.last > packet.base ? stream.last : packet.frame;
    const window = beside ? this.#linkOf(viewer) : this.window;
    const control = beside ? this.#makeControl() : this.control;
    const decision = control.decide({
      ...this.#inputs(this.#clock.now(), window),
      damagePixels: Math.max(1, areaOf(packet.boxes)),
      ...this.#natural.share(packet.boxes),
    });
    const approximate = frame !== packet.frame;
    return this.#planned({ ...packet, frame, approximate }, decision, beside ? undefined : control);
  }

  /** A packet has been coded, and sent or is about to be. @param viewers Whom it is addressed to. */
  sent(pipeline: DisplayPipeline, packet: Packet, coded: CodedPacket, viewers: Iterable<number> = []): void {
    const plan = this.#plan;
    this.#plan = undefined;
    if (plan?.packet !== packet) return;
    const { decision, control, startedAt } = plan;
    const now = this.#clock.now();
    const isAddressed = packet.viewer !== NO_VIEWER;
    const audience = !isAddressed ? 'stream' : control === undefined ? 'beside' : 'alone';
    const late = this.stream.settle(packet, coded.outcome, audience);
    if (audience === 'alone' && packet.base === 0) this.stream.loss.calm(packet.boxes);
    if (!isAddressed) pipeline.sentLate(packet.frame, late);
    this.#natural.learn(packet, coded.outcome);
    for (const viewer of viewers) this.#linkOf(viewer).sent(packet.frame, coded.bytes, now);
    this.#encodeTime = now - startedAt;
    control?.coded({
      now,
      pixels: areaOf(packet.boxes) - areaOf(coded.outcome.left),
      bytes: coded.bytes,
      quality: decision.transformQuality,
      textLevel: decision.textLevel,
      encodeTime: this.#encodeTime,
      isRefinement: packet.refinement === true,
      ...this.#natural.share(packet.boxes),
    });
  }

  /** A viewer shows a frame: its ack has been given to `window` already. */
  acked({ viewer, frame, decode, queued }: FrameAck): void {
    const now = this.#clock.now();
    this.#links.get(viewer)?.acked(frame, now);
    const { lastAcked } = this.window;
    if (lastAcked === undefined) return;
    this.#queueDepth = queued;
    this.#decodeTime = decode;
    this.control.acked({ now, ...lastAcked, decodeTime: decode, queueDepth: queued });
  }

  left(viewer: number): void {
    this.#links.delete(viewer);
  }

  /** Nobody watches any more. */
  close(): void {
    this.#cancelWake?.();
  }

  /** @param control Undefined for a viewer beside others. */
  #planned(packet: Packet, decision: AutoDecision, control: AutoControl | undefined): Packet {
    const { budget, order, ...rest } = packet;
    const isLimited = budget !== undefined && budget < Number.POSITIVE_INFINITY;
    const planned: Packet = {
      ...rest,
      quality: packQuality(decision.transformQuality, decision.textLevel),
      approximate: packet.approximate === true || this.stream.loss.staysAfter(packet.boxes),
      ...(isLimited ? { budget, order: order ?? this.#inOrder(packet) } : {}),
    };
    this.#plan = { packet: planned, decision, control, startedAt: this.#clock.now() };
    return planned;
  }

  #inOrder({ boxes }: Pick<Packet, 'boxes'>): Uint32Array {
    const tiles: number[] = [];
    for (let tile = 0; tile < boxes.length; tile++) if (boxes[tile] !== 0) tiles.push(tile);
    const order = Uint32Array.from(tiles);
    this.stream.loss.sort(order, this.#clock.now(), this.#pointer);
    this.stream.shareWithLeft(order);
    return order;
  }

  #inputs(
    now: Micros,
    { rate, delay, bytesInFlight, oldestSentAt }: AckWindow,
  ): Omit<AutoInputs, 'damagePixels'> {
    return {
      now,
      rate,
      delay,
      inFlight: bytesInFlight,
      waiting: oldestSentAt === undefined ? 0 : now - oldestSentAt,
      queueDepth: this.#queueDepth,
      decodeTime: this.#decodeTime,
      encodeTime: this.#encodeTime,
    };
  }

  #mayRefine(now: Micros): boolean {
    const { isActive, isPending, last, loss } = this.stream;
    // One frame under way does not shut the window: the controller knows when it will be through.
    const isOpen = this.window.inFlight <= 1 || this.window.isOpen(now);
    return isActive && !isPending && last !== 0 && !loss.isEmpty && isOpen;
  }

  #linkOf(viewer: number): AckWindow {
    let link = this.#links.get(viewer);
    if (link === undefined) {
      link = new AckWindow();
      this.#links.set(viewer, link);
    }
    return link;
  }

  #wakeUpAt(at: Micros): void {
    if (at === Number.POSITIVE_INFINITY || at >= this.#wakeAt) return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    this.#cancelWake = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#cancelWake = undefined;
      this.#wake();
    });
  }
}

function areaOf(boxes: Uint32Array): number {
  let pixels = 0;
  for (const box of boxes) pixels += boxArea(box);
  return pixels;
}
