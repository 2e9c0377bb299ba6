/** /metrics: the relay's figures in Prometheus' text format (version 0.0.4). */

import { CHANNEL_NAMES, MESSAGES } from '../protocol/index.js';
import { DROP_REASONS } from '../room/counters.js';
import type { Listening, TransportName } from '../transport/index.js';
import { TICKET_OUTCOMES } from './admission.js';
import type { Relay } from './relay.js';

export interface Running {
  readonly relay: Relay;
  readonly listening: Pick<Listening, 'links' | 'connections' | 'refusedUpgrades' | 'refusedConnections'>;
  readonly transport: TransportName;
  readonly reason: string;
  readonly version: string;
  readonly uptimeSeconds: number;
}

export function metricsText(running: Running): string {
  const { relay, listening } = running;
  const { sessions, pendingLinks } = relay.snapshot();
  const viewers = sessions.flatMap((session) => session.viewers);
  const { counters } = relay;
  const cpu = process.cpuUsage();
  const page = new MetricsPage();
  page.gauge('sightline_relay_info', 'What the relay runs on, and why.', 1, {
    version: running.version,
    transport: running.transport,
    reason: running.reason,
  });
  page.gauge('sightline_relay_uptime_seconds', 'Since the relay started.', running.uptimeSeconds);
  page.gauge('sightline_relay_sessions', 'Sessions open.', sessions.length);
  const present = sessions.filter((session) => session.host === 'present').length;
  page.gauge('sightline_relay_hosts', 'Sessions whose host is there.', present);
  page.gauge('sightline_relay_viewers', 'Viewers in all sessions.', viewers.length);
  page.gauge(
    'sightline_relay_viewers_live',
    'Viewers in the fan-out: the others are being brought up to date.',
    viewers.filter((viewer) => viewer.live).length,
  );
  page.gauge('sightline_relay_links', 'WebSocket links open.', listening.links);
  page.gauge('sightline_relay_connections', 'Connections open that are no links.', listening.connections);
  page.gauge('sightline_relay_links_pending', 'Links that have not said hello.', pendingLinks);
  page.gauge(
    'sightline_relay_buffered_bytes',
    'Bytes accepted for links and not yet written.',
    sessions.reduce((sum, session) => sum + session.hostBufferedBytes, 0) +
      viewers.reduce((sum, viewer) => sum + viewer.bufferedBytes, 0),
  );
  page.gauge(
    'sightline_relay_in_flight_bytes',
    'Display bytes sent to viewers and not yet acknowledged.',
    viewers.reduce((sum, viewer) => sum + viewer.bytesInFlight, 0),
  );
  page.counters(
    'sightline_relay_messages_total',
    'Messages by channel and direction.',
    CHANNEL_NAMES.flatMap((channel, index) => [
      [{ channel, direction: 'in' }, counters.messagesIn[index]!],
      [{ channel, direction: 'out' }, counters.messagesOut[index]!],
    ]),
  );
  page.counters(
    'sightline_relay_bytes_total',
    'Message bytes by channel and direction.',
    CHANNEL_NAMES.flatMap((channel, index) => [
      [{ channel, direction: 'in' }, counters.bytesIn[index]!],
      [{ channel, direction: 'out' }, counters.bytesOut[index]!],
    ]),
  );
  page.counters(
    'sightline_relay_parties_messages_total',
    'Messages of hosts and viewers by their names.',
    MESSAGES.map(({ name, index }) => [{ message: name }, counters.messages[index]!]),
  );
  page.counters(
    'sightline_relay_parties_refused_total',
    'Of these: not let through by the gate.',
    MESSAGES.map(({ name, index }) => [{ message: name }, counters.refusedMessages[index]!]),
  );
  page.counters(
    'sightline_relay_dropped_total',
    'Messages not forwarded, by reason.',
    DROP_REASONS.map((reason) => [{ reason }, counters.dropped[reason]]),
  );
  page.counter('sightline_relay_cuts_total', 'Viewers cut from the fan-out.', counters.cuts);
  page.counter('sightline_relay_refreshes_total', 'Updates asked of hosts.', counters.refreshes);
  page.counter(
    'sightline_relay_refreshes_repeated_total',
    'Updates asked of hosts once more, because nothing had come.',
    counters.repeatedRefreshes,
  );
  page.counter(
    'sightline_relay_refreshes_overdue_total',
    'Updates that hosts did not begin, or not go on with, in time.',
    counters.overdueRefreshes,
  );
  page.counter(
    'sightline_relay_shared_slices_total',
    'Slices of updates that several viewers share.',
    counters.sharedSlices,
  );
  page.counters(
    'sightline_relay_tickets_total',
    'Tickets for rooms, by what became of them.',
    TICKET_OUTCOMES.map((outcome) => [{ outcome }, relay.tickets[outcome]]),
  );
  page.counter('sightline_relay_refused_total', 'Links refused with a reason.', counters.refused);
  page.counter(
    'sightline_relay_refused_upgrades_total',
    'Upgrades refused for their name, origin or number.',
    listening.refusedUpgrades,
  );
  page.counter(
    'sightline_relay_refused_connections_total',
    'Connections closed unread: too many, in all or of one address.',
    listening.refusedConnections,
  );
  page.counter(
    'sightline_relay_evicted_total',
    'Silent links closed to make room for newer ones.',
    counters.evicted,
  );
  page.counter(
    'sightline_relay_unheard_total',
    'Hellos refused unheard, after many refused ones of their address.',
    counters.unheard,
  );
  page.counter('sightline_relay_too_slow_total', 'Links closed because they did not read.', counters.tooSlow);
  page.counter(
    'sightline_relay_broken_links_total',
    'Links closed because they broke.',
    counters.brokenLinks,
  );
  page.counter('sightline_relay_resumed_total', 'Hosts that came back in time.', counters.resumed);
  page.counter(
    'sightline_relay_resumed_viewers_total',
    'Viewers that came back as who they were.',
    counters.resumedViewers,
  );
  page.counter('process_cpu_user_seconds_total', 'User CPU time.', cpu.user / 1e6);
  page.counter('process_cpu_system_seconds_total', 'System CPU time.', cpu.system / 1e6);
  page.gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss());
  return page.text();
}

type Labels = Readonly<Record<string, string>>;

class MetricsPage {
  readonly #lines: string[] = [];

  gauge(name: string, help: string, value: number, labels: Labels = {}): void {
    this.#family(name, help, 'gauge', [[labels, value]]);
  }

  counter(name: string, help: string, value: number): void {
    this.#family(name, help, 'counter', [[{}, value]]);
  }

  counters(name: string, help: string, samples: readonly (readonly [Labels, number])[]): void {
    this.#family(name, help, 'counter', samples);
  }

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #family(name: string, help: string, type: string, samples: readonly (readonly [Labels, number])[]): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of samples) {
      const inner = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`);
      this.#lines.push(`${name}${inner.length === 0 ? '' : `{${inner.join(',')}}`} ${value}`);
    }
  }
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
