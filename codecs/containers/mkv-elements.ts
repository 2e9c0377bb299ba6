/** The parts of a Matroska file that are not its clusters (RFC 9559, 5.1). */
import type { ByteWriter } from './byte-writer.js';
import {
  Id,
  idBytes,
  LONG_SIZE_BYTES,
  putBytes,
  putFloat,
  putHeader,
  putMaster,
  putText,
  putUnsigned,
  putVoid,
} from './ebml.js';
import { MILLISECOND, type MkvOptions } from './mkv-options.js';

/** CueRelativePosition came with version 4; SimpleBlock, the newest thing that is needed, with 2. */
const DOC_TYPE_VERSION = 4;
const DOC_TYPE_READ_VERSION = 2;
/** Id, size, and a float of eight bytes. */
const DURATION_BYTES = 2 + 1 + 8;
/** Seek entries at most: Info, Tracks, Tags, Cues, Chapters. */
const MAX_SEEKS = 5;
/** Seek: its header, SeekID with four bytes, SeekPosition with eight. */
const SEEK_BYTES = 2 + 1 + (2 + 1 + 4) + (2 + 1 + 8);
/** The seek head in front with room for every entry. */
export const SEEK_HEAD_BYTES = 4 + LONG_SIZE_BYTES + MAX_SEEKS * SEEK_BYTES + 2;
/** DateUTC counts nanoseconds from 2001-01-01. */
const EPOCH_MS = Date.UTC(2001, 0, 1);
/** Language "und": not determined. */
const UNDETERMINED = 'und';
const VIDEO = 1;
const SUBTITLES = 17;
const PROGRESSIVE = 2;

export function putEbmlHeader(writer: ByteWriter, docType: string): void {
  putMaster(writer, Id.EBML, (header) => {
    putUnsigned(header, Id.EBMLVersion, 1);
    putUnsigned(header, Id.EBMLReadVersion, 1);
    putUnsigned(header, Id.EBMLMaxIDLength, 4);
    putUnsigned(header, Id.EBMLMaxSizeLength, 8);
    putText(header, Id.DocType, docType);
    putUnsigned(header, Id.DocTypeVersion, DOC_TYPE_VERSION);
    putUnsigned(header, Id.DocTypeReadVersion, DOC_TYPE_READ_VERSION);
  });
}

/** An element's id, and its place counted from the segment's first byte of content. */
export interface SeekEntry {
  readonly id: number;
  readonly position: number;
}

/** The seek head, filled up to SEEK_HEAD_BYTES. */
export function putSeekHead(writer: ByteWriter, entries: readonly SeekEntry[]): void {
  const start = writer.length;
  putMaster(writer, Id.SeekHead, (head) => {
    for (const { id, position } of entries) {
      putMaster(head, Id.Seek, (seek) => {
        putHeader(seek, Id.SeekID, idBytes(id));
        seek.ube(id, idBytes(id));
        putHeader(seek, Id.SeekPosition, 8);
        seek.ube(position, 8);
      });
    }
  });
  putVoid(writer, SEEK_HEAD_BYTES - (writer.length - start));
}

/** The answer is where, in `writer`, the duration stands or will stand. */
export function putInfo(writer: ByteWriter, options: MkvOptions): number {
  const scale = options.timestampScale ?? MILLISECOND;
  let durationAt = 0;
  putMaster(writer, Id.Info, (info) => {
    putDuration(info, options.duration, scale);
    durationAt = info.length - DURATION_BYTES;
    putUnsigned(info, Id.TimestampScale, scale);
    if (options.startedAt !== undefined) {
      putHeader(info, Id.DateUTC, 8);
      putDate(info, options.startedAt);
    }
    if (options.title !== undefined) putText(info, Id.Title, options.title);
    putText(info, Id.MuxingApp, options.application);
    putText(info, Id.WritingApp, options.application);
    if (options.uid !== undefined) putBytes(info, Id.SegmentUUID, options.uid);
    durationAt -= info.length;
  });
  return writer.length + durationAt;
}

function putDate(writer: ByteWriter, unixMs: number): void {
  const bytes = new Uint8Array(8);
  const nanoseconds = BigInt(Math.round(unixMs - EPOCH_MS)) * 1_000_000n;
  new DataView(bytes.buffer).setBigInt64(0, nanoseconds);
  writer.put(bytes);
}

/** `duration` in microseconds; as many bytes are kept free when it is not known. */
export function putDuration(writer: ByteWriter, duration: number | undefined, scale: number): void {
  if (duration === undefined) putVoid(writer, DURATION_BYTES);
  else putFloat(writer, Id.Duration, (duration * 1000) / scale);
}

export function putTracks(writer: ByteWriter, { tracks, docType }: MkvOptions): void {
  const subtitles = docType === 'webm' ? 'D_WEBVTT/SUBTITLES' : 'S_TEXT/UTF8';
  putMaster(writer, Id.Tracks, (all) => {
    tracks.forEach((track, index) => {
      const shown = track.shown ?? tracks.findIndex(({ type }) => type === track.type) === index;
      putMaster(all, Id.TrackEntry, (entry) => {
        putUnsigned(entry, Id.TrackNumber, index + 1);
        putUnsigned(entry, Id.TrackUID, index + 1);
        putUnsigned(entry, Id.TrackType, track.type === 'video' ? VIDEO : SUBTITLES);
        putUnsigned(entry, Id.FlagDefault, shown ? 1 : 0);
        putUnsigned(entry, Id.FlagLacing, 0);
        if (track.name !== undefined) putText(entry, Id.Name, track.name);
        putText(entry, Id.Language, track.type === 'video' ? UNDETERMINED : (track.language ?? UNDETERMINED));
        putText(entry, Id.CodecID, track.type === 'video' ? track.codecId : subtitles);
        if (track.type !== 'video') return;
        if (track.codecPrivate !== undefined) putBytes(entry, Id.CodecPrivate, track.codecPrivate);
        putMaster(entry, Id.Video, (video) => {
          putUnsigned(video, Id.FlagInterlaced, PROGRESSIVE);
          putUnsigned(video, Id.PixelWidth, track.size.width);
          putUnsigned(video, Id.PixelHeight, track.size.height);
          const { colour } = track;
          if (colour === undefined) return;
          putMaster(video, Id.Colour, (inner) => {
            putUnsigned(inner, Id.MatrixCoefficients, colour.matrix);
            putUnsigned(inner, Id.Range, colour.range);
            putUnsigned(inner, Id.TransferCharacteristics, colour.transfer);
            putUnsigned(inner, Id.Primaries, colour.primaries);
          });
        });
      });
    });
  });
}

/**
 * A subtitle as a block holds it. WebVTT (https://www.webmproject.org/docs/container/) has a line for an identifier and
 * one for settings before its text, both empty here, and marks in the text that are no part of it.
 */
export function subtitleBlock(text: string, docType: MkvOptions['docType']): Uint8Array {
  const marked = (mark: string) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[mark] ?? mark;
  return new TextEncoder().encode(docType === 'webm' ? `\n\n${text.replace(/[&<>]/g, marked)}` : text);
}

export function putTags(writer: ByteWriter, tags: Readonly<Record<string, string>>): void {
  putMaster(writer, Id.Tags, (all) => {
    putMaster(all, Id.Tag, (tag) => {
      putHeader(tag, Id.Targets, 0);
      for (const [name, value] of Object.entries(tags)) {
        putMaster(tag, Id.SimpleTag, (simple) => {
          putText(simple, Id.TagName, name);
          putText(simple, Id.TagLanguage, UNDETERMINED);
          putText(simple, Id.TagString, value);
        });
      }
    });
  });
}

/** A place in the file to go to by name. */
export interface Chapter {
  /** Microseconds. */
  readonly time: number;
  readonly title: string;
}

/** Each chapter ends where the next begins; `end` is the last one's. */
export function putChapters(writer: ByteWriter, chapters: readonly Chapter[], end: number): void {
  putMaster(writer, Id.Chapters, (all) => {
    putMaster(all, Id.EditionEntry, (edition) => {
      putUnsigned(edition, Id.EditionUID, 1);
      chapters.forEach(({ time, title }, index) => {
        putMaster(edition, Id.ChapterAtom, (atom) => {
          putUnsigned(atom, Id.ChapterUID, index + 1);
          putUnsigned(atom, Id.ChapterTimeStart, time * 1000);
          putUnsigned(atom, Id.ChapterTimeEnd, (chapters[index + 1]?.time ?? Math.max(end, time)) * 1000);
          putMaster(atom, Id.ChapterDisplay, (display) => {
            putText(display, Id.ChapString, title);
            putText(display, Id.ChapLanguage, UNDETERMINED);
          });
        });
      });
    });
  });
}

/** Where a keyframe is. Time in units of the timestamp scale; places as RFC 9559, 5.1.5 counts them. */
export interface Cue {
  readonly time: number;
  readonly track: number;
  readonly cluster: number;
  readonly relative: number;
}

export function putCues(writer: ByteWriter, cues: readonly Cue[]): void {
  putMaster(writer, Id.Cues, (all) => {
    for (const { time, track, cluster, relative } of cues) {
      putMaster(all, Id.CuePoint, (point) => {
        putUnsigned(point, Id.CueTime, time);
        putMaster(point, Id.CueTrackPositions, (positions) => {
          putUnsigned(positions, Id.CueTrack, track);
          putUnsigned(positions, Id.CueClusterPosition, cluster);
          putUnsigned(positions, Id.CueRelativePosition, relative);
        });
      });
    }
  });
}
