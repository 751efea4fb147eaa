-- keydesk.lua - asks Keydesk whether Apache lets a request through: LuaHookAccessChecker FILE production
-- Needs mod_lua, and luasocket (Debian: lua-socket), which reaches the program's socket. A question is one
-- FastCGI request with the parameters below and no others: nothing else of what a caller sends gets there,
-- and its body stays where it is. Whatever is no clear answer lets nobody through.
local SOCKET = "@SOCKET@"
local CONNECT_SECONDS, ANSWER_SECONDS, ANSWER_BYTES = 2, 10, 65536
local BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6 -- FastCGI 1.0, section 8
local RECORD_BYTES = 65535
local unix = require "socket.unix"

local function record(kind, content)
  return string.pack(">BBI2I2BB", 1, kind, 1, #content, 0, 0) .. content
end

-- The question, whole; nil when its parameters are more than a record holds.
local function question(r, environment)
  local parameters, text = {
    REQUEST_METHOD = "GET", REQUEST_URI = "/verify", SERVER_PROTOCOL = r.protocol, REMOTE_ADDR = r.useragent_ip,
    KEYDESK_ASK = "call", KEYDESK_METHOD = r.method, KEYDESK_URI = r.unparsed_uri, KEYDESK_CLIENT_ADDR = r.useragent_ip,
    KEYDESK_ENVIRONMENT = environment,
    HTTP_AUTHORIZATION = r.headers_in["Authorization"], HTTP_USER_AGENT = r.headers_in["User-Agent"],
    HTTP_X_API_KEY = r.headers_in["X-API-Key"], HTTP_X_API_SECRET = r.headers_in["X-API-Secret"],
  }, ""
  for name, value in pairs(parameters) do
    text = text .. string.pack(">I4I4", #name | 1 << 31, #value | 1 << 31) .. name .. value
  end
  if #text > RECORD_BYTES then return nil end
  return record(BEGIN, string.pack(">I2BI4B", 1, 0, 0, 0)) .. record(PARAMS, text) .. record(PARAMS, "") .. record(STDIN, "")
end

-- What the program writes; nil unless it says that this was all.
local function read(socket)
  local text = ""
  repeat
    local head = socket:receive(8)
    if not head then return nil end
    local _, kind, _, length, padding = string.unpack(">BBI2I2BB", head)
    local content = length + padding > 0 and socket:receive(length + padding) or ""
    if #content < length then return nil end
    if kind == STDOUT then text = text .. content:sub(1, length) end
    if kind == END then return text end
  until #text > ANSWER_BYTES
end

local function ask(r, environment)
  local text, socket = question(r, environment), unix()
  socket:settimeout(CONNECT_SECONDS)
  local answer = text and socket:connect(SOCKET) and socket:settimeout(ANSWER_SECONDS) and socket:send(text) and read(socket)
  socket:close()
  return answer
end

-- Status, headers by their names in small letters, body. No answer is 503.
local function parse(answer)
  local head, body = (answer or ""):match("^(.-\r\n)\r\n(.*)$")
  local headers = {}
  for name, value in (head or ""):gmatch("([^:\r\n]+):[ \t]*([^\r\n]*)\r\n") do headers[name:lower()] = value end
  return tonumber((headers.status or ""):match("^%d%d%d")) or 503, headers, body or ""
end

-- What the API is told: who it is by Keydesk's words alone, in each spelling that it might read as one of them.
local function tell(r, headers)
  local ours = {}
  for name in pairs(r:headers_in_table()) do
    if name:lower():gsub("[^a-z0-9]", "-"):find("^x%-keydesk%-") then ours[#ours + 1] = name end
  end
  for _, name in ipairs(ours) do r.headers_in[name] = nil end
  for _, name in ipairs { "Authorization", "X-API-Key", "X-API-Secret" } do r.headers_in[name] = nil end
  for name, value in pairs(headers) do
    if name:find("^x%-keydesk%-") then r.headers_in[name] = value end
  end
  -- What Connection names is left out on the way to the API (RFC 9110, section 7.6.1), ours not.
  r.headers_in["Connection"] = (r.headers_in["Connection"] or ""):lower():find("close") and "close" or nil
end

-- 401, 403 and 429 are the caller's; whatever else is not 200 is ours, and is 503.
local function refuse(r, status, headers, body)
  local theirs = status == 401 or status == 403 or status == 429
  if not theirs then headers, body = { ["retry-after"] = headers["retry-after"] or "2", ["x-keydesk-decision"] = headers["x-keydesk-decision"] }, '{"error":"temporarily_unavailable"}\n' end
  for _, name in ipairs { "WWW-Authenticate", "Retry-After", "RateLimit-Policy", "RateLimit", "X-Keydesk-Reason", "X-Keydesk-Decision", "X-Request-Number" } do
    if headers[name:lower()] then r.err_headers_out[name] = headers[name:lower()] end
  end
  r.err_headers_out["Cache-Control"] = "no-store"
  r.err_headers_out["X-Content-Type-Options"] = "nosniff"
  r.status = theirs and status or 503
  r.content_type = "application/json"
  r:puts(body)
  return apache2.DONE
end

local function decide(r, environment)
  local status, headers, body = parse(ask(r, environment))
  if status ~= 200 then return refuse(r, status, headers, body) end
  tell(r, headers)
  for _, name in ipairs { "RateLimit-Policy", "RateLimit" } do
    if headers[name:lower()] then r.err_headers_out[name] = headers[name:lower()] end
  end
  return apache2.OK
end

function production(r) return decide(r, "production") end
function integration(r) return decide(r, "integration") end
