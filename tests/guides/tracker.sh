bucket
begin 'spillway tracker --port 8000 --public-url wss://t1.example.org' 'Health +http'
settings "a node says that it is ready" 'curl -sf http://localhost:8000/health/ready'
finish
begin 'spillway tracker --open' 'any stream, any swarm'
settings "an open one takes a viewer" "curl -s -m 3 -o /dev/null -w '%{http_code}' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' http://localhost:8000/tracker/anybody || true" '^101'
finish
