/**
 * Links freeze, thaw and break in any order. Once the network is whole again everybody is back, with the exact picture,
 * and nobody is there twice.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Stage } from '../support/stage.js';

type Deed =
  | { readonly kind: 'freeze' | 'thaw'; readonly link: number; readonly way: 'both' | 'from' | 'to' }
  | { readonly kind: 'cut'; readonly link: number }
  | { readonly kind: 'network'; readonly frozen: boolean }
  | { readonly kind: 'paint' | 'control' | 'tool' | 'say' | 'look'; readonly viewer: number };

const link = fc.nat(7);
const way = fc.constantFrom('both' as const, 'from' as const, 'to' as const);
const viewer = fc.nat(2);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('freeze' as const), link, way }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('thaw' as const), link, way }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), link }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('network' as const), frozen: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'paint' as const,
        'control' as const,
        'tool' as const,
        'say' as const,
        'look' as const,
      ),
      viewer,
    }),
  },
);
const moments = fc.array(fc.record({ after: fc.integer({ min: 0, max: 12_000_000 }), deed }), {
  minLength: 1,
  maxLength: 14,
});

/** Longer than any silence is borne, and than the longest wait before a dial. */
const REPAIR = 40_000_000;
/** A host may be away for longer than a session waits in these runs, never in the end. */
const GRACE_SAFE = 55_000_000;

it('whatever freezes, thaws and breaks, all are joined in the end', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), moments, async (viewers, script) => {
      const stage = await Stage.open({ width: 160, height: 100 });
      const { clock, network, source } = stage;
      for (let n = 0; n < viewers; n++) stage.join(n === 0 ? 'high' : 'medium');
      await clock.advance(1_000_000);
      let seed = 1;
      const paint = () => source.text({ x: 0, y: 0, width: 160, height: 20 }, seed++);
      const run = (what: Deed) => {
        // Of the links that are there, the youngest.
        const open = network.links.filter((one) => !one.closed);
        const { session } = stage.viewers['viewer' in what ? what.viewer % viewers : 0]!;
        switch (what.kind) {
          case 'freeze':
            return open[what.link % open.length]?.freeze(what.way);
          case 'thaw':
            return open[what.link % open.length]?.thaw(what.way);
          case 'cut':
            return open[what.link % open.length]?.cut();
          case 'network':
            return what.frozen ? network.freeze() : network.thaw();
          case 'paint':
            return paint();
          case 'control':
            return session.setControl(!session.state.controlWanted);
          case 'tool':
            return session.setTool(session.state.tool === 'none' ? 'whiteboard' : 'none');
          case 'say':
            return void session.chat.send(`word ${seed++}`);
          case 'look':
            return session.lookNow();
        }
      };
      let passed = 0;
      for (const { after, deed } of script) {
        passed += after;
        if (passed < GRACE_SAFE) await clock.advance(after);
        run(deed);
      }
      network.thaw();
      await clock.advance(REPAIR);
      paint();
      await clock.advance(REPAIR);

      const { sessions } = stage.relay.snapshot();
      expect(sessions).toHaveLength(1);
      expect(stage.host.state).toMatchObject({ kind: 'connected', link: 'alive' });
      const ids = stage.viewers.map(({ session }) => session.state.viewer).sort();
      expect(new Set(ids).size).toBe(viewers);
      const present = sessions[0]!.viewers.map((one) => one.viewer).sort();
      expect(present).toEqual(ids);
      expect([0, ...ids]).toContain(sessions[0]!.controller);
      for (const one of stage.viewers) {
        const { state } = one.session;
        expect(state).toMatchObject({
          connection: { kind: 'joined' },
          link: 'alive',
          lane: true,
          host: 'present',
          hostQuiet: false,
          controller: sessions[0]!.controller,
        });
        expect(state.participants.map((participant) => participant.viewer).sort()).toEqual(ids);
        const seen = sessions[0]!.viewers.find((known) => known.viewer === state.viewer)!;
        expect([seen.lane, seen.tool]).toEqual([true, state.tool]);
        expect(stage.isUpToDate(one)).toBe(true);
        expect(one.session.chat.entries.filter((entry) => entry.state === 'sending')).toEqual([]);
        const texts = one.session.chat.entries.map((entry) => entry.text);
        expect(new Set(texts).size).toBe(texts.length);
      }
      expect(stage.faults).toEqual([]);
      await stage.close();
    }),
    { numRuns: 60 },
  );
});
