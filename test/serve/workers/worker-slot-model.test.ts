import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settled, withClock } from '../../support/fake-clock.js';
import type { FakeWorker } from '../../support/fake-worker.js';
import { KILLED, NO_LOAD, watchedSlot } from './watched-slot.js';

/** What can happen to a slot. */
const happening = fc.constantFrom('load', 'fail', 'kill', 'die', 'wait', 'answer');

test(
  'whatever happens, one worker at most lives, each is started after the pause that the failures in a row ask for, and stopping ends all',
  withClock((clock) =>
    fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (happenings) => {
        const { slot, starts, last, joined } = watchedSlot();
        const pauses = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597];
        // The model: what it does now, and how many pauses there were since the last worker that answered.
        let state: 'loading' | 'ready' | 'pausing' = 'loading';
        let paused = 0;
        let attempts = 1;
        let living: FakeWorker | undefined;
        for (const one of happenings) {
          if (state === 'loading' && one === 'load') {
            living = await last().load();
            state = 'ready';
          } else if (state === 'ready' && one === 'answer') {
            living?.handed.push(['a job']);
          } else if (state === 'loading' && (one === 'fail' || one === 'kill')) {
            await last().fail(one === 'kill' ? KILLED : NO_LOAD);
            const firstKilled = one === 'kill' && attempts === 1;
            assert.is(slot.state, firstKilled ? 'restarting' : 'failed');
            state = 'pausing';
          } else if (state === 'ready' && one === 'die') {
            if (living?.handed.length) paused = 0;
            living?.die();
            await settled();
            assert.is(slot.state, 'restarting');
            state = 'pausing';
          } else if (state === 'pausing' && one === 'wait') {
            const pause = (pauses[Math.min(paused, 16)] ?? 0) * 1000;
            await clock.advance(pause - 1);
            assert.is(starts.length, attempts, `after ${pause - 1} ms`);
            await clock.advance(1);
            paused += 1;
            attempts += 1;
            state = 'loading';
          }
          assert.is(starts.length, attempts);
          assert.is(slot.state === 'ready', state === 'ready');
          assert.is(joined.filter(({ alive }) => alive).length, state === 'ready' ? 1 : 0);
        }
        await slot.stop(0);
        assert.equal([slot.state, joined.some(({ alive }) => alive), clock.pending], ['stopped', false, []]);
        await clock.advance(1e7);
        assert.is(starts.length, attempts);
      }),
      { numRuns: 150 },
    ),
  ),
);

test.run();
