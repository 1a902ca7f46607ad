import { minutesOfQuery } from '../../eks/prometheus-series.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { HttpAnswer, PassThrough } from '../../wire/wire-options.ts';
import type { LocalCloud } from '../local-cloud.ts';

const MINUTE = 60_000;
/** https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go, queryRange */
const MOST_POINTS = 11_000;

/**
 * Range queries of workspaces of Amazon Managed Service for Prometheus, with the series of a scenario (prometheus-series.ts).
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-APIReference-QueryRange.html
 * That an unknown workspace is a ResourceNotFoundException is a judgement, not observed.
 */
export const servePrometheus =
  (cloud: LocalCloud): PassThrough =>
  async (request, context) => {
    const { authority, eks, options, clock } = cloud;
    const [, workspaceId, text] = RANGE_QUERY.exec(request.target) ?? [];
    if (workspaceId === undefined) {
      options.onNote(`aps: ${request.target} is not modelled by the local cloud; it was answered with 501.`);
      throw new AwsFault('NotImplemented', `aps ${request.target} is not modelled by this server`, { status: 501 });
    }
    const call = { ...context, service: 'aps', operation: 'QueryMetrics', input: { workspaceId } } as const;
    const { account } = authority.admit(call) as { account: string };
    const workspace = `arn:aws:aps:${context.region}:${account}:workspace/${workspaceId}`;
    const asked = new URLSearchParams(text);
    const [start = 0, end = 0, step = 0] = ['start', 'end', 'step'].map((name) => Number(asked.get(name)));
    const query = asked.get('query') ?? '';
    if (query === '' || !(step > 0) || !(end >= start)) return refusal('invalid parameter of a range query');
    if ((end - start) / step > MOST_POINTS)
      return refusal(`exceeded maximum resolution of ${MOST_POINTS} points per timeseries`);
    // The count of a minute is the value at its end.
    const span = { from: new Date(start * 1_000 - MINUTE), to: new Date(end * 1_000) };
    const minutes = minutesOfQuery(eks.state, { workspace, query }, span, clock.now().getTime());
    if (minutes === undefined) throw new AwsFault('ResourceNotFoundException', 'Workspace not found', { status: 404 });
    const values = minutes.map(({ at, value }) => [(at.getTime() + MINUTE) / 1_000, String(value)]);
    const result = values.length === 0 ? [] : [{ metric: {}, values }];
    return answer(200, { status: 'success', data: { resultType: 'matrix', result } });
  };

const RANGE_QUERY = /^\/workspaces\/([^/?]+)\/api\/v1\/query_range\?(.*)$/;

const refusal = (error: string): HttpAnswer => answer(400, { status: 'error', errorType: 'bad_data', error });

const answer = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
