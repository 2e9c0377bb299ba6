/** What viewers hear of a picture that changes its size. */
import { describe, expect, it } from 'vitest';
import { CloseCode } from '../../engine/index.js';
import { Hall } from './hall.js';

function hallWithViewer() {
  const hall = new Hall();
  const host = hall.host();
  const viewer = hall.viewer();
  hall.run();
  return { hall, host, viewer, before: viewer.controls('host-state').length };
}

describe('a picture that changes its size', () => {
  it('is told at once, and at a rate when it goes on changing; the newest size is always told', () => {
    const { hall, host, viewer, before } = hallWithViewer();
    // Two seconds of a window's edge dragged at 60 frames a second.
    for (let frame = 1; frame <= 120; frame++) {
      host.slice({ frame, base: 0, width: 640 + frame });
      hall.run(16_667);
      if (frame === 1) expect(viewer.last('host-state')).toMatchObject({ state: 'present', width: 641 });
    }
    hall.run(1_000_000);
    expect(host.closed).toBeUndefined();
    expect(viewer.last('host-state')).toMatchObject({ width: 760, height: 480 });
    expect(viewer.controls('host-state').length - before).toBeLessThan(16);
    host.slice({ frame: 200, base: 0, width: 320 });
    hall.run();
    expect(viewer.last('host-state')).toMatchObject({ width: 320 });
  });

  it('faster than any screen costs the host its link, and the viewers nothing', () => {
    const { hall, host, viewer, before } = hallWithViewer();
    for (let frame = 1; frame <= 2_000 && host.closed === undefined; frame++) {
      host.slice({ frame, base: 0, width: 640 + (frame % 2) });
      hall.run(100);
    }
    expect(host.last('refused')).toMatchObject({ code: 'refused' });
    expect(host.closed?.code).toBe(CloseCode.TooMany);
    expect(viewer.closed).toBeUndefined();
    hall.run(1_000_000);
    // Two at once, and 'away'.
    expect(viewer.controls('host-state').length - before).toBe(3);
    expect(viewer.last('host-state')).toMatchObject({ state: 'away' });
  });
});
