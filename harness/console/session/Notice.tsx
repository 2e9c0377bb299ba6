/** A card over the picture that says what is wrong and what to do about it. */
import { AddressForm } from './AddressForm.js';
import type { Controller } from './controller.js';
import { type ConsoleState, type NoticeKind, noticeOf } from './state.js';

const BUSY: readonly NoticeKind[] = ['connecting', 'waiting', 'lost', 'away', 'not-found'];
const RETRY: readonly NoticeKind[] = ['lost', 'not-found', 'ended'];
const RELOAD: readonly NoticeKind[] = ['version', 'fault'];

interface NoticeProps {
  readonly controller: Controller;
  readonly state: ConsoleState;
  /** Shows the recordings, which need no session. */
  onRecordings(): void;
}

export function Notice({ controller, state, onRecordings }: NoticeProps) {
  const { say } = controller;
  const kind = noticeOf(state);
  if (kind === undefined) return null;
  if (kind === 'incomplete') return <AddressForm say={say} onRecordings={onRecordings} />;
  const grave = !BUSY.includes(kind);
  return (
    <div class={`scrim ${state.seen ? 'over' : ''}`}>
      <div class={`notice ${grave ? 'grave' : ''}`} role={grave ? 'alert' : 'status'} data-notice={kind}>
        <span class={BUSY.includes(kind) ? 'spinner' : 'mark'} aria-hidden="true" />
        <h1>{say(`notice.${kind}`)}</h1>
        <p>{say(`notice.${kind}.more`, { reason: reasonOf(state) })}</p>
        {RETRY.includes(kind) && (
          <button type="button" class="button main" id="retry" onClick={() => controller.retry()}>
            {say('action.retry')}
          </button>
        )}
        {RELOAD.includes(kind) && (
          <button type="button" class="button main" id="reload" onClick={() => location.reload()}>
            {say('action.reload')}
          </button>
        )}
      </div>
    </div>
  );
}

function reasonOf(state: ConsoleState): string {
  if (state.fault !== undefined) return state.fault;
  const { connection } = state.viewer;
  return connection.kind === 'ended' || connection.kind === 'waiting' ? connection.reason : '';
}
