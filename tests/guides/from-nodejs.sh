# needs: owncast
not_tried 'pm2 stop …' "the old system is not here"
cat > $folder/.env <<'ENV'
CLOUDFLARE_ACCOUNT_ID=account
R2_ACCESS_KEY_ID=GUIDEKEY
R2_SECRET_ACCESS_KEY=guidesecret
R2_BUCKET_NAME=my-bucket
CDN_HOSTNAME=cdn.example.org
R2_UPLOAD_PATH=event
OWNCAST_DATA_PATH=/home/me/owncast/data
OWNCAST_API_URL=http://127.0.0.1:8080
HTTP_PORT=3000
ENV
try 'spillway check' 'cdn.example.org'
begin 'spillway serve' 'Player +http'
on_air
try 'curl http://localhost:3000/live/playlist.m3u8' 'https://cdn.example.org/event/live/'
settings "health has the old members" 'curl -s http://localhost:3000/health | tr -d "\n"' '"status".*"torrents".*"peers".*"chunks".*"manifestChunks": ?[1-9].*"signaling": ?"connected"'
finish
