import { createPrometheus } from '../../../adapters/aws/prometheus.ts';
import { servePrometheus } from '../../../simulator/cloud/account/serve-prometheus.ts';
import type { LocalCloud } from '../../../simulator/cloud/local-cloud.ts';
import type { FakeEksState } from '../../../simulator/eks/state/fake-eks-state.ts';
import { type AwsCall, AwsFault } from '../../../simulator/wire/aws-call.ts';
import { startWireServer } from '../../../simulator/wire/wire-server.ts';

/** Workspaces of a fake EKS over HTTP, where each signature is checked, and what asks them; `denied` refuses every call as IAM does. */
export async function startPrometheusWire(state: FakeEksState, now: Date) {
  const notes: string[] = [];
  const calls: Pick<AwsCall, 'service' | 'operation' | 'input' | 'region'>[] = [];
  const wire = { denied: false, secret: 's' };
  const cloud = {
    options: { onNote: (note: string) => notes.push(note) },
    eks: { state },
    clock: { now: () => now },
    authority: {
      admit(call: AwsCall) {
        calls.push(call);
        if (!wire.denied) return { account: '111111111111' };
        throw new AwsFault('AccessDeniedException', 'User: a is not authorized', { status: 403 });
      },
    },
  } as unknown as LocalCloud;
  const server = await startWireServer({
    services: {},
    serve: async () => ({}),
    passThrough: { aps: servePrometheus(cloud) },
    secretOf: () => 's',
    onUnmodelled: () => {},
    onFailure: (error) => notes.push(String(error)),
  });
  const prometheus = createPrometheus({
    secrets: { valueOf: () => Promise.reject(new Error('no secret is asked for')) },
    sessions: {
      forAccount: async () => ({ accessKeyId: 'a', secretAccessKey: wire.secret, sessionToken: 't' }),
    },
    clock: { now: () => now },
    sleep: async () => {},
    endpointOf: (service) => (service === 'AMP' ? server.origin : undefined),
  });
  return Object.assign(wire, {
    prometheus,
    notes,
    calls,
    answer: server.answer.bind(server),
    close: () => server.close(),
  });
}
