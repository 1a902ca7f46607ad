import { AnchorBucket } from '../../adapters/aws/anchors/anchor-bucket.ts';
import type { AnchorStore } from '../../core/ports/anchors.ts';
import { awsPorts, clock, createHandler, type PortFactory, table } from '../runtime/create-handler.ts';
import { definition } from './function.ts';

/** It is declared here, so that the bundles of the other functions do not carry the client of S3. */
const anchors: PortFactory<AnchorStore> = {
  environment: ['anchorBucket'],
  create: ({ environment }) => new AnchorBucket(environment.anchorBucket),
};

export const handler = createHandler(definition, awsPorts({ anchors, clock, table }));
