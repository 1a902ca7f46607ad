import { AnchorBucket } from '../../adapters/aws/anchors/anchor-bucket.ts';
import type { AnchorStore } from '../../core/ports/anchors.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { definition } from './function.ts';

/** In a file of its own: one function carries the client of S3. */
const anchors: PortFactory<AnchorStore> = {
  environment: ['anchorBucket'],
  create: ({ environment }) => new AnchorBucket(environment.anchorBucket),
};

export const handler = createHandler(definition, awsPorts({ anchors, clock, table }));
