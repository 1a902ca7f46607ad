import type { Io } from '../command/io.ts';
import { type GlobalOptions, invalid } from '../command/session.ts';
import { type ApiAddress, ApiClient, apiAddress, regionOf } from './api-client.ts';

/** Creates the client for the configured address. The signer and its SDK are loaded only when requests are signed. */
export async function createClient(io: Io, global: GlobalOptions): Promise<ApiClient> {
  const address = apiAddress(global.apiUrl ?? io.env.LIFTLOCK_API_URL);
  const options = { address, timeoutSeconds: global.timeout, interrupted: io.interrupted };
  if (address.local && !isLocalCloud(address, io.env.AWS_ENDPOINT_URL)) return new ApiClient(options);
  const region = global.apiRegion ?? regionOf(address.url) ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION;
  if (region === undefined) {
    throw invalid(
      `liftlock: the Region of ${address.url.host} is not known, and requests are signed for one. Set AWS_REGION or --api-region.`,
    );
  }
  const { createSigner } = await import('./sign-request.ts');
  return new ApiClient({ ...options, signer: createSigner(region, global.profile) });
}

/** The local cloud authorizes like AWS, while a run in one process accepts every caller. The API has the same origin as the local AWS endpoint. */
function isLocalCloud({ url }: ApiAddress, endpoint: string | undefined): boolean {
  return endpoint !== undefined && URL.parse(endpoint)?.origin === url.origin;
}
