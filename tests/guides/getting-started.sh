# needs: owncast
not_tried 'make demo' "needs the SDKs: DemoTests of 'make test' does it"
prepare 'cp /srv/try/spillway_*.deb /srv/try/spillway-*.tar.gz . && chown me: spillway*'
try 'sudo apt update'
as 'sudo apt install ./spillway_*_amd64.deb ffmpeg' 'sudo DEBIAN_FRONTEND=noninteractive apt install -y ./spillway_*_amd64.deb ffmpeg'
try 'tar xf spillway-*-linux-x64.tar.gz'
try 'sudo install spillway-*-linux-x64/spillway /usr/local/bin/'
settings "both are there" '/usr/bin/spillway --version && /usr/local/bin/spillway --version' 'spillway [0-9.]+'
begin 'spillway demo' 'Player +http://localhost:3000/'
on_air
settings "the player's page" 'curl -sf http://localhost:3000/' '<html'
settings "the dashboard" 'curl -sfL http://localhost:3000/dashboard' '<html'
finish
prepare 'rm -rf spillway-data'
begin 'spillway serve --source /home/me/owncast/data/hls' 'Health +http://localhost:3000/health'
on_air
settings "health" 'curl -sf http://localhost:3000/health' '"manifestChunks": ?[1-9]'
finish
bucket
try 'spillway check --source /home/me/owncast/data/hls' 'edge.example|cdn.example.org'
begin 'spillway serve --source /home/me/owncast/data/hls' 'Health +https://tv.example.org/health'
on_air
soon "the page in the bucket" 'curl -sf https://cdn.example.org/watch/index.html' '<html'
soon "the page at the server" 'curl -sf https://tv.example.org/watch/live' '<html'
soon "the playlist at the edge" 'curl -sf https://cdn.example.org/live/playlist.m3u8' EXT-X-STREAM-INF
finish
try 'spillway cost --viewers 600 --minutes 40 --bitrate 2500' 'R2|r2'
