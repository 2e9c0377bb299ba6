/** What a viewer session takes and tells. All times are microseconds; `clock` is the viewer's own. */
import type {
  ColourLevel,
  Picture,
  QualityName,
  Rect,
  SightlineError,
  SlicePlace,
  StreamLevel,
} from '../../codecs/index.js';
import type { ChatEntry } from '../chat/index.js';
import type { Clock, Micros } from '../clock.js';
import type { Capability, Control, OverlayEvent, Participant, Tool } from '../protocol/index.js';
import type { Dial } from '../transport/link.js';
import type { HeartbeatTimes } from '../transport/live-link.js';
import type { Unreached } from '../transport/reconnect.js';

/** Where slices are decoded: `FrameDecoder` of the codecs. */
export interface PictureDecoder {
  readonly picture: Picture;
  resize(width: number, height: number): void;
  /**
   * Decodes a slice, at once or (if it is not its frame's last) by the end of its frame's last; the answer is what
   * has been touched since the answer before. Without a place the slice is a frame of its own.
   * @throws SightlineError for this slice, or one before it in the frame.
   */
  decode(body: Uint8Array, level: ColourLevel, place?: SlicePlace): readonly Rect[];
}

export interface ViewerOptions {
  /** Opens the link for display and control. */
  readonly dialMain: Dial;
  /** Opens the link for input, overlays and clock; without it they use the main link. */
  readonly dialLane?: Dial;
  readonly clock: Clock;
  /** In [0, 1): spreads reconnects. */
  readonly random: () => number;
  readonly decoder: PictureDecoder;
  /** From the session's address. */
  readonly token: string;
  /** What the others see. */
  readonly name: string;
  readonly quality: QualityName;
  /** When a link is taken for quiet or dead; `HEARTBEAT` unless given. The relay's must be of the same order. */
  readonly heartbeat?: HeartbeatTimes;
  /** Goes on looking, seldom, for a session that has ended: its host may open it again. */
  readonly looksAgain?: boolean;
  readonly handlers?: ViewerHandlers;
}

export interface ViewerHandlers {
  /** Something in `session.state` has changed. */
  onState?(state: ViewerState): void;
  /** The picture has another size: `decoder.picture` is a new, black one. Comes before its first frame. */
  onResize?(width: number, height: number): void;
  /**
   * A whole frame is in `decoder.picture`. Copy what is to be shown before returning: the next frame may be
   * decoded into it at any time. The handler must call `frame.presented()` when the frame is on the screen (or
   * at once); until then the frame is not acknowledged. Without this handler frames are acknowledged at once.
   */
  onFrame?(frame: ShownFrame): void;
  /** An overlay event, of another participant or of our own (as soon as it is made); the model has it already. */
  onOverlay?(event: OverlayEvent, at: Micros): void;
  /** Somebody has said something, we ourselves included, or what we said was delivered or was not. */
  onChat?(entry: ChatEntry): void;
  /** One latency measurement, as it is made. */
  onSample?(sample: LatencySample): void;
  /** Something from the network or from a handler was not right; it was counted and left aside. */
  onProblem?(error: SightlineError): void;
}

export interface ShownFrame {
  readonly frame: number;
  readonly level: StreamLevel;
  /** Whether the picture is now exactly the host's in the level's colours; always, but on the auto stream. */
  readonly exact: boolean;
  /** It only sharpens what was there: nothing new was drawn. */
  readonly refinement: boolean;
  /** The frame that this one builds on; 0: it covers the whole picture. */
  readonly base: number;
  /** Whether it brought this viewer alone up to date (after a cut, a join or a change of level). */
  readonly addressed: boolean;
  /** What was painted; may overlap. */
  readonly damage: readonly Rect[];
  /** Host's clock. */
  readonly drawnAt: Micros;
  /** Viewer's clock: the first slice came; the last slice came; it was decoded. */
  readonly receivedAt: Micros;
  readonly completedAt: Micros;
  readonly decodedAt: Micros;
  /** Time that decoding took of the thread that receives, waiting for others' slices included, all slices together. */
  readonly decode: Micros;
  /** Of all its messages. */
  readonly bytes: number;
  readonly slices: number;
  /** Acknowledges the frame, once; `at` defaults to now. */
  presented(at?: Micros): void;
}

export const LATENCY_CHANNELS = [
  'display',
  'input',
  'clickToPicture',
  'whiteboard',
  'laser',
  'chat',
] as const;
export type LatencyChannel = (typeof LATENCY_CHANNELS)[number];

export interface LatencySample {
  readonly channel: LatencyChannel;
  readonly latency: Micros;
  /** How wrong the comparison of the two clocks can be, either way. 0: one clock only. */
  readonly error: Micros;
  /** The input or overlay event's sequence, or the frame number. */
  readonly id: number;
}

/** The life of the connection to the relay. */
export type Connection = Unreached | { readonly kind: 'joined' };

/** How the auto stream is coded: docs/PROTOCOL.md, `auto-state`. */
export type AutoCoding = Omit<Control<'auto-state'>, 'type'>;

export interface ViewerState {
  readonly connection: Connection;
  /** `quiet`: nothing has come from the relay for some seconds. */
  readonly link: 'alive' | 'quiet';
  /** Whether input, overlays and clock have a link of their own now. */
  readonly lane: boolean;
  readonly host: 'unknown' | 'present' | 'away' | 'ended';
  readonly hostName: string;
  /** Whether the relay has heard nothing from a host that is present for some seconds. */
  readonly hostQuiet: boolean;
  readonly session: string;
  /** Our id; 0 while we have none. */
  readonly viewer: number;
  readonly participants: readonly Participant[];
  /** The viewer who controls the host; 0: nobody. */
  readonly controller: number;
  /** What we may do here; undefined: the relay has not said, and an older one never does. */
  readonly capabilities: readonly Capability[] | undefined;
  /** Whether we asked for the control and have not given it up. */
  readonly controlWanted: boolean;
  /** Whether the wish for the control ended without us: we were away for too long, or the relay took it back. */
  readonly controlLapsed: boolean;
  /** What we asked for, and what it comes to (undefined until the relay says). */
  readonly quality: QualityName;
  readonly level: StreamLevel | undefined;
  /** How the auto stream is coded, as the host says; undefined on other streams and until it says. */
  readonly auto: AutoCoding | undefined;
  readonly tool: Tool;
  readonly recording: boolean;
  /** Whether pictures are wanted. */
  readonly watching: boolean;
  /** Of the picture; 0 before the first frame. */
  readonly width: number;
  readonly height: number;
  /** The picture is not what the host has and cannot become it without a refresh, which was asked for. */
  readonly stale: boolean;
}
