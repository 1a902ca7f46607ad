import { z } from 'zod';
import { namedError } from '../../core/contracts/errors.ts';
import { clusterItemsFromEvent } from '../../core/inventory/cluster-events.ts';
import type { ClusterItem } from '../../core/ports/outside.ts';
import { parseOrRefuse } from '../runtime/function-definition.ts';

const clusterItem = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'is not an AWS account id'),
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/, 'is not an AWS Region'),
  name: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, 'is not the name of an EKS cluster'),
  depth: z.enum(['shallow', 'deep']),
});

const event = z.looseObject({ 'detail-type': z.string(), source: z.string() });

/**
 * The clusters that a message is about: one item of discover-clusters, or an event of CloudTrail or AWS Health that a Region forwarded, which
 * may be about none of them. Fails with `InvalidInput`.
 */
export function clusterItemsOf(body: string): readonly ClusterItem[] {
  const message = parseJson(body);
  if (event.safeParse(message).success) return clusterItemsFromEvent(message);
  return [parseOrRefuse(clusterItem, message, 'The message')];
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw namedError('InvalidInput', 'The message is not JSON.');
  }
}
