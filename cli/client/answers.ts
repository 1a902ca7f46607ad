import type { ClientResponse } from 'hono/client';
import type { JSONValue } from 'hono/utils/types';

/** What a route gives, as it arrives: JSON knows no undefined, so a member is there or it is not. */
type Json<T> = [JSONValue] extends [T]
  ? unknown
  : T extends string | number | boolean | null
    ? T
    : { [Key in keyof T]: Json<Exclude<T[Key], undefined>> };

/** Routes, as hono types those who call them, that give their answers themselves. */
export type Answers<Routes> = {
  [Name in keyof Routes]: Routes[Name] extends (
    ...given: infer Given
  ) => Promise<ClientResponse<infer T, infer _, 'json'>>
    ? (...given: Given) => Promise<Json<T>>
    : Answers<Routes[Name]>;
};
