import { AnchorBucket } from '../../adapters/aws/anchors/anchor-bucket.ts';
import type { AnchorStore } from '../../core/ports/anchors.ts';
import { awsPorts, type PortFactory } from '../runtime/aws-ports.ts';
import { clock } from '../runtime/clock-ports.ts';
import { createHandler } from '../runtime/create-handler.ts';
import { table } from '../runtime/table-port.ts';
import { definition } from './function.ts';

/** In a file of its own: one function carries the client of S3. */
const anchors: PortFactory<AnchorStore> = {
  environment: ['anchorBucket'],
  create: ({ environment }) => new AnchorBucket(environment.anchorBucket),
};

export const handler = createHandler(definition, awsPorts({ anchors, clock, table }));
