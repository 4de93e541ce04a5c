import type { CaseRequest } from '#testing/golden-requests.js';
import type { LoadRequest } from '../load/load-request.js';

/** Right bodies of one case that are remembered, so that they need not be compared again. */
const REMEMBERED = 16;

/** By its status alone, where nobody knows what the answer should be. */
export const judgeByStatus: LoadRequest['faultOf'] = ({ status }) =>
  status >= 200 && status < 300 ? undefined : `status ${status}`;

/** By the golden case: a wrong answer with status 200 is an error. Bodies that were right once are right by their bytes. */
export function judgeByCase({ status: expected, differences }: CaseRequest): LoadRequest['faultOf'] {
  const right: Buffer[] = [];
  return ({ status, body }) => {
    if (status !== expected) return `status ${status}`;
    if (right.some((known) => known.equals(body))) return undefined;
    if (differences({ status, body }).length > 0) return 'wrong answer';
    if (right.length < REMEMBERED) right.push(Buffer.from(body));
    return undefined;
  };
}
