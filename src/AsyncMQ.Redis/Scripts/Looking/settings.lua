-- What the server tells of its settings. Not by the command that reads them, which many that are hosted do not allow.
-- Reply: {maxmemory-policy, whether there is an append-only file: 1 or 0}; empty when it may not be asked.

local told = redis.pcall('INFO', 'memory', 'persistence')
if type(told) ~= 'string' then return {} end
return {string.match(told, 'maxmemory_policy:([^\r\n]+)') or '', string.match(told, 'aof_enabled:(%d)') or ''}
