import { request } from 'node:https';
import { createInterface } from 'node:readline';
import {
  goodToken,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';

/** A watch takes at least a second, so these run in parallel, each with its own server. */
const served = (
  name: string,
  run: (under: ServerUnderTest) => Promise<void>,
  options: Parameters<typeof startServerUnderTest>[0] = {},
) =>
  test.concurrent(name, async () => {
    const under = await startServerUnderTest(options);
    await run(under).finally(() => under.close());
  });

interface Event {
  readonly type: string;
  readonly object: { kind: string; metadata: { name?: string; resourceVersion: string; annotations?: object } };
}

/** Reads a watch to its end, and lets the test act after this number of events. */
async function watch(
  under: ServerUnderTest,
  path: string,
  during: Readonly<Record<number, () => unknown>> = {},
  accept = 'application/json',
): Promise<Event[]> {
  const separator = path.includes('?') ? '&' : '?';
  const url = `${under.apiServer().endpoint}${path}${separator}watch=true&timeoutSeconds=1`;
  const headers = { authorization: `Bearer ${goodToken}`, accept };
  const events: Event[] = [];
  const call = request(url, { ca: under.certificateAuthority, agent: false, headers }).end();
  await new Promise<void>((resolve, reject) => {
    call.on('error', reject);
    call.on('response', (response) => {
      response.on('error', reject);
      during[0]?.();
      createInterface(response)
        .on('line', (line) => {
          events.push(JSON.parse(line));
          during[events.length]?.();
        })
        .on('error', reject)
        .on('close', resolve);
    });
  });
  return events;
}

const told = (events: readonly Event[]) =>
  events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim());
const versionOf = async (under: ServerUnderTest, path: string) =>
  ((await under.ask('GET', path)).json as Event['object']).metadata.resourceVersion;

served('begins with what there is, goes on with what changes and ends in time', async (under) => {
  const [first, second] = under.cluster.kubernetes.nodes;
  const events = await watch(under, '/api/v1/nodes', {
    3: () => {
      if (first !== undefined) first.unschedulable = true;
    },
    4: () => {
      under.cluster.kubernetes.nodes = under.cluster.kubernetes.nodes.filter((node) => node !== second);
    },
  });
  const left = under.cluster.kubernetes.nodes;
  expect(told(events).slice(0, 3).sort()).toEqual([...left, second].map((node) => `ADDED ${node?.name}`).sort());
  expect(told(events).slice(3)).toEqual([`MODIFIED ${first?.name}`, `DELETED ${second?.name}`]);
});

served('goes on where a list was', async (under) => {
  const path = '/api/v1/namespaces/shop/pods';
  const version = await versionOf(under, path);
  await under.ask('DELETE', `${path}/db-0`);
  const events = await watch(under, `${path}?resourceVersion=${version}&allowWatchBookmarks=true`);
  expect(told(events)).toEqual(['DELETED db-0', 'ADDED db-0', 'BOOKMARK']);
  const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
  expect(versions).toEqual([...versions].sort((a, b) => a - b));
  expect(versions[0]).toBeGreaterThan(Number(version));
});

served('what comes under the selector is new, what leaves it is gone', async (under) => {
  const path = '/api/v1/nodes';
  const [node] = under.cluster.kubernetes.nodes;
  const cordon = (unschedulable: boolean) => () => Object.assign(node ?? {}, { unschedulable });
  const query = `resourceVersion=${await versionOf(under, path)}&fieldSelector=spec.unschedulable%3Dtrue`;
  const events = await watch(under, `${path}?${query}`, { 0: cordon(true), 1: cordon(false) });
  expect(told(events)).toEqual([`ADDED ${node?.name}`, `DELETED ${node?.name}`]);
});

served('of one object tells of that one', async (under) => {
  const [node] = under.cluster.kubernetes.nodes;
  expect(told(await watch(under, `/api/v1/nodes?fieldSelector=metadata.name%3D${node?.name}`))).toEqual([
    `ADDED ${node?.name}`,
  ]);
});

served('as tables says the columns once', async (under) => {
  const events = await watch(under, '/api/v1/nodes', {}, 'application/json;as=Table;v=v1;g=meta.k8s.io');
  const tables = events.map(
    ({ object }) => object as unknown as { columnDefinitions: object[] | null; rows: object[] },
  );
  expect(tables.map(({ columnDefinitions, rows }) => [columnDefinitions?.length, rows.length])).toEqual([
    [10, 1],
    [undefined, 1],
    [undefined, 1],
  ]);
});

served('can mark the end of its initial events', async (under) => {
  const events = await watch(
    under,
    '/api/v1/nodes?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  );
  expect(events.slice(0, 4).map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
  expect(events[3]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
});

served('from a version whose changes are forgotten is a 410', async (under) => {
  await under.ask('GET', '/api/v1/nodes');
  const { status, json } = await under.ask('GET', '/api/v1/pods?watch=true&resourceVersion=1');
  expect([status, json]).toMatchObject([
    410,
    { reason: 'Expired', message: expect.stringContaining('too old resource version: 1') },
  ]);
});

served('is cut off when the cluster can no longer be reached', async (under) => {
  const cut = watch(under, '/api/v1/nodes', {
    3: () => {
      under.cluster.kubernetes.access.network = 'unreachable';
    },
  });
  await expect(cut).rejects.toMatchObject({ code: 'ECONNRESET' });
});

served('does not keep the server from closing', async (under) => {
  const open = watch(under, '/api/v1/nodes').catch(() => 'cut');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await under.close();
  await open;
});

const asked = { running: 0, times: 0 };
served(
  'everything is asked of the model within `around`, and nothing is held while a watch waits',
  async (under) => {
    let open = true;
    const reading = watch(under, '/api/v1/nodes').finally(() => {
      open = false;
    });
    const seen = new Set<number>();
    while (open) {
      await new Promise((resolve) => setTimeout(resolve, 7));
      seen.add(asked.running);
    }
    await reading;
    expect(seen).toEqual(new Set([0]));
    expect(asked.times).toBeGreaterThan(5);
  },
  {
    around: async (work) => {
      asked.running += 1;
      asked.times += 1;
      try {
        return await work();
      } finally {
        asked.running -= 1;
      }
    },
  },
);
