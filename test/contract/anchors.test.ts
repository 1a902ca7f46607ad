import { anchorsContract } from './anchors-contract.ts';
import { MemoryAnchorStore } from './memory-anchor-store.ts';

// The bucket runs the same suite against the local cloud: simulator/cloud/objects/objects.test.ts.
anchorsContract('memory', async () => new MemoryAnchorStore());
