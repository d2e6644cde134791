/** Connections and messages of sd-bus. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import { FUNCTION, type Preset, each } from '../preset.ts';

/** Each "does nothing" when it is given NULL. */
const UNREF: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'reference',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  isMemoryRelease: false,
};

const BUS: AcquireFacts = {
  kind: 'reference',
  handle: 'out:0',
  sentinel: 'null',
  afterFailure: 'unchanged',
  failure: 'negative',
  zeroes: false,
  releasers: ['sd_bus_unref', 'sd_bus_flush_close_unref'],
};

export const preset: Preset = {
  name: 'sd-bus',
  title: 'sd-bus connections and messages',
  headers: ['systemd/sd-bus.h', 'sd-bus.h', 'elogind/sd-bus.h', 'basu/sd-bus.h'],
  names: {
    ...each('sd_bus_default sd_bus_default_system sd_bus_default_user sd_bus_open_system sd_bus_open_user sd_bus_new', {
      ...FUNCTION,
      acquires: [BUS],
    }),
    ...each('sd_bus_unref sd_bus_flush_close_unref sd_bus_message_unref sd_bus_slot_unref', {
      ...FUNCTION,
      releases: UNREF,
    }),
    ...each(
      'sd_bus_call sd_bus_call_method sd_bus_message_read sd_bus_message_append sd_bus_message_new_method_call ' +
        'sd_bus_error_free sd_bus_error_is_set sd_bus_get_property_string sd_bus_match_signal sd_bus_process sd_bus_wait',
      FUNCTION,
    ),
  },
};
