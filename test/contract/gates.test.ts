import { createGateReader } from '../../adapters/aws/gate-reader.ts';
import { createAlarmGates } from '../../adapters/aws/gates/alarm-gate.ts';
import { createWebhookGates } from '../../adapters/aws/gates/webhook-gate.ts';
import { createWebhookSecrets } from '../../adapters/aws/gates/webhook-secrets.ts';
import { alarmOperations } from '../../simulator/cloud/alarms/alarm-operations.ts';
import { type Alarm, Alarms } from '../../simulator/cloud/alarms/alarms.ts';
import { createInMemoryGates } from '../../simulator/process/in-memory-gates.ts';
import { ACCOUNT, REGION, startTestWire } from '../material/cloud/wire.ts';
import { gatesContract, TOKEN } from './gates-contract.ts';
import { startHttpsAnswers } from './https-answers.ts';

const host = 'gates-contract.internal';
const now = new Date('2026-11-20T08:00:00Z');

gatesContract('in memory', async () => {
  const statuses = new Map<string, 'green' | 'red' | 'unknown'>();
  return {
    gates: createInMemoryGates(statuses),
    allowedHosts: [],
    alarm: { alarm: 'errors' },
    webhook: { webhook: `https://gates.example.com/prod?token=${TOKEN}` },
    set: async (gate, status) => void statuses.set('alarm' in gate ? gate.alarm : gate.webhook, status),
    close: async () => {},
  };
});

const STATES = { green: 'OK', red: 'ALARM', unknown: 'INSUFFICIENT_DATA' } as const;
const BODIES = { green: '{"green":true}', red: `{"green":false,"message":"see ?token=${TOKEN}"}`, unknown: 'no idea' };

async function overHttp() {
  const alarms = new Alarms();
  const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`;
  const alarm: Alarm = { arn, name: 'errors', account: ACCOUNT, region: REGION, kind: 'composite' };
  alarms.add(alarm);
  const wire = await startTestWire({ monitoring: alarmOperations(alarms) }, () => now);
  const server = await startHttpsAnswers(host);
  const clock = { now: () => now };
  const webhook = `${server.origin}/prod?token=${TOKEN}`;
  return {
    gates: createGateReader({
      alarms: createAlarmGates({
        hubAccount: ACCOUNT,
        sessions: { forAccount: () => Promise.reject(new Error('its own account is entered by no role')) },
        clock,
        sleep: async () => {},
        client: wire.client,
      }),
      webhooks: createWebhookGates({
        secrets: createWebhookSecrets({ clock }),
        clock,
        resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      }),
    }),
    allowedHosts: [host],
    alarm: { alarm: arn },
    webhook: { webhook },
    set: async (gate: object, status: keyof typeof STATES) => {
      if ('alarm' in gate) alarms.put(alarm, STATES[status], 'by hand', now);
      else server.respond = (response) => response.end(BODIES[status]);
    },
    close: async () => {
      await wire.close();
      await server.close();
      expect(wire.failures).toEqual([]);
    },
  };
}

gatesContract('CloudWatch and webhooks, over HTTP', overHttp);
