# needs: owncast
with nginx
try 'spillway check --source /home/me/owncast/data/hls'
begin 'spillway serve --source /home/me/owncast/data/hls' 'Player +http'
on_air
try 'curl http://localhost:3000/live/playlist.m3u8' 'http://localhost:3001/live/'
try 'curl http://localhost:3000/live/0/playlist.m3u8' 'http://localhost:3001/live/.*ts'
try 'curl http://localhost:3000/health' '"manifestChunks": ?[1-9]'
finish
block '"Fallback"' > $folder/spillway.json
settings "spillway.json: the way back can be read" 'spillway check' 'source.fallback|tv.example.org/hls/0/stream.m3u8|playlist of the way back'
start 'spillway serve' 'Player +http'
on_air
{ echo 'server { listen 8088;'; block 'location = /hls/stream.m3u8'; echo '}'; } > /etc/nginx/conf.d/owncast.conf
prepare 'nginx -t && systemctl restart nginx || { journalctl -u nginx -n 20; false; }'
settings "nginx in front: Owncast's address plays from the edge" 'curl -sf http://localhost:8088/hls/stream.m3u8' '3001/live/'
settings "nginx in front: the rest is Owncast's" 'curl -sf http://localhost:8088/hls/0/stream.m3u8' 'EXTINF'
settings "nginx in front: the tracker's WebSocket" "curl -s -m 3 -o /dev/null -w '%{http_code}' -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' http://localhost:8088/tracker/live || true" '^101'
finish
