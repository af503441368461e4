// A counter of people for the canteen: ESP32, two light barriers or one VL53L1X, HTTPS.
//
// NOT COMPILED FOR AN ESP32 BY THE PROJECT, which has no toolchain for it: only its syntax was checked, against stand-ins
// for the libraries, with both kinds of sensor. It was never run on a board. It was written against arduino-esp32 3.x and
// Pololu's VL53L1X library 1.3 and has to be tried with your board; the format and the signature are those of
// docs/counters/README.md, whose test vector `selfTest` checks at each start.
//
// What it promises: a reading keeps its number and its content until it is answered, so nobody counts twice. What it
// does not: readings wait in memory (an hour of them); those not answered are lost with the power. The number survives
// (NVS). For counts that survive a power cut use counter.py on a small computer.

#include <HTTPClient.h>
#include <Preferences.h>
#include <WiFi.h>
#include <WiFiClientSecure.h>
#include <mbedtls/md.h>
#include <sys/time.h>

// ---- fill in -------------------------------------------------------------------------------------------------------
const char *WIFI_NAME = "canteen";
const char *WIFI_PASSWORD = "change me";
const char *URL = "https://office.example.kr/api/canteen/readings";
const char *DEVICE = "01a21a3f-c34e-7386-9068-d97ad5ac8335";
const char *SECRET = "the 64 hex digits that were shown once";
// The certificate that signed your server's (PEM): without it anybody on the way could answer in its place.
const char *AUTHORITY = "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n";
const uint32_t PERIOD_MS = 10000;  // as the counter was added
#define TWO_BARRIERS               // else: one VL53L1X over the way, two zones
const int OUTER_PIN = 25;          // barrier on the side people come from; LOW while it is broken
const int INNER_PIN = 26;
const uint16_t HEAD_MM = 1500;     // VL53L1X: nearer than this is a person
// ---------------------------------------------------------------------------------------------------------------------

#ifndef TWO_BARRIERS
#include <VL53L1X.h>
#include <Wire.h>
VL53L1X sensor;
#endif

struct Reading {
  uint64_t seq;
  double at;  // seconds since the start
  uint32_t entered, left;
};

const int MOST = 360;           // an hour at ten seconds
const int AT_ONCE = 40;         // readings in a request: keeps the body under 4 KB
Reading waiting[MOST];
int first = 0, count = 0;
uint32_t enteredNow = 0, leftNow = 0;
uint32_t periodBegan = 0, sendAfter = 0, failures = 0;
double offset = 0;              // by how much the server's clock is ahead of the time since the start; 0: not known
Preferences kept;
uint64_t nextSeq = 0, reservedTo = 0;

double sinceStart() { return esp_timer_get_time() / 1e6; }

// Numbers are written down before they are used, a hundred at a time: flash wears out, and a hundred numbers that are
// never used hurt nobody.
uint64_t takeSeq() {
  if (nextSeq >= reservedTo) {
    reservedTo = nextSeq + 100;
    kept.putULong64("seq", reservedTo);
  }
  return nextSeq++;
}

String sign(const String &secret, const String &body) {
  uint8_t mac[32];
  mbedtls_md_context_t context;
  mbedtls_md_init(&context);
  mbedtls_md_setup(&context, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1);
  mbedtls_md_hmac_starts(&context, (const uint8_t *)secret.c_str(), secret.length());
  mbedtls_md_hmac_update(&context, (const uint8_t *)body.c_str(), body.length());
  mbedtls_md_hmac_finish(&context, mac);
  mbedtls_md_free(&context);
  String hex = "v1=";
  char two[3];
  for (uint8_t one : mac) {
    snprintf(two, sizeof two, "%02x", one);
    hex += two;
  }
  return hex;
}

void selfTest() {
  String secret = "3b7f0c9a5e1d48f2a6c40b8d7e92513f6a0c1e2d3b4f5a69788796a5b4c3d2e1";
  String body = "{\"device\":\"01a21a3f-c34e-7386-9068-d97ad5ac8335\",\"seq\":1,\"ts\":1795662000.5,"
                "\"sent\":1795662001.25,\"in\":2,\"out\":1}";
  bool right = sign(secret, body) == "v1=ae9b5af6f0f1c38c25d74eda675acb0795067ee5da1d521472034c855be66ee5";
  Serial.println(right ? "signature: right" : "signature: WRONG, nothing will be taken");
}

// ---- counting --------------------------------------------------------------------------------------------------------
// Somebody breaks the outer barrier, then both, then the inner one only: one came in. The other way round: one went out.
// Whoever turns back in the middle, or stands in it, is nobody.
int path[4], steps = 0;

void crossing(bool outer, bool inner) {
  int now = (outer ? 1 : 0) | (inner ? 2 : 0);
  if (steps > 0 && path[steps - 1] == now) return;
  if (now == 0) {
    if (steps == 3 && path[0] == 1 && path[1] == 3 && path[2] == 2) enteredNow++;
    if (steps == 3 && path[0] == 2 && path[1] == 3 && path[2] == 1) leftNow++;
    steps = 0;
    return;
  }
  if (steps > 1 && path[steps - 2] == now) {
    steps--;  // went back a step
    return;
  }
  if (steps < 4) path[steps++] = now;
}

void look() {
#ifdef TWO_BARRIERS
  static bool outer = false, inner = false;
  static uint32_t changed = 0;
  bool o = digitalRead(OUTER_PIN) == LOW, i = digitalRead(INNER_PIN) == LOW;
  if (o == outer && i == inner) {
    changed = millis();
  } else if (millis() - changed > 15) {  // steady for 15 ms: no bounce, no tray's edge
    outer = o;
    inner = i;
    crossing(outer, inner);
  }
#else
  // Two halves of the sensor's field in turn: 167 and 231 are the centres of its left and right half (UM2555).
  static bool outer = false, inner = false, left = true;
  sensor.setROISize(8, 16);
  sensor.setROICenter(left ? 167 : 231);
  uint16_t mm = sensor.readSingle(true);
  bool near = sensor.ranging_data.range_status == VL53L1X::RangeValid && mm < HEAD_MM;
  if (left) outer = near; else inner = near;
  left = !left;
  crossing(outer, inner);
#endif
}

// ---- sending ---------------------------------------------------------------------------------------------------------
// The queue belongs to two tasks: whoever touches it holds `lock`.
SemaphoreHandle_t lock = nullptr;

void closePeriod() {
  xSemaphoreTake(lock, portMAX_DELAY);
  if (count == MOST) {  // full: the oldest gives way
    first = (first + 1) % MOST;
    count--;
  }
  waiting[(first + count) % MOST] = {takeSeq(), sinceStart(), enteredNow, leftNow};
  count++;
  xSemaphoreGive(lock);
  enteredNow = leftNow = 0;
}

// What is sent again must be the same to the last digit, or the server takes it for another reading: so `offset` is set
// once, when the first request was answered and nothing that was sent is left.
String bodyOf(uint64_t &last) {
  char text[128];
  snprintf(text, sizeof text, "{\"device\":\"%s\",\"sent\":%.3f,\"readings\":[", DEVICE, sinceStart() + offset);
  String body = text;
  xSemaphoreTake(lock, portMAX_DELAY);
  int many = min(count, AT_ONCE);
  for (int n = 0; n < many; n++) {
    const Reading &one = waiting[(first + n) % MOST];
    snprintf(text, sizeof text, "%s{\"seq\":%llu,\"ts\":%.3f,\"in\":%u,\"out\":%u}", n ? "," : "",
             (unsigned long long)one.seq, one.at + offset, (unsigned)one.entered, (unsigned)one.left);
    body += text;
    last = one.seq;
  }
  xSemaphoreGive(lock);
  return body + "]}";
}

void dropUpTo(uint64_t last) {
  xSemaphoreTake(lock, portMAX_DELAY);
  while (count > 0 && waiting[first].seq <= last) {
    first = (first + 1) % MOST;
    count--;
  }
  xSemaphoreGive(lock);
}

void later(uint32_t atLeastMs) {
  failures = min<uint32_t>(failures + 1, 6);
  uint32_t most = min<uint32_t>(60000, 1000u << failures);
  sendAfter = millis() + max<uint32_t>(atLeastMs, most / 2 + esp_random() % (most / 2));
}

// The time comes from the answer's `now`. Before the first answer times are seconds since the start: `sent` says so.
void setClock(const String &answer) {
  int at = answer.indexOf("\"now\":");
  if (offset != 0 || at < 0) return;
  double now = answer.substring(at + 6).toDouble();
  offset = now - sinceStart();
  timeval value = {(time_t)now, 0};
  settimeofday(&value, nullptr);
}

void sendWaiting() {
  uint64_t last = 0;
  String body = bodyOf(last);
  WiFiClientSecure wire;
  wire.setCACert(AUTHORITY);
  HTTPClient http;
  http.setTimeout(8000);
  const char *wanted[] = {"Retry-After"};
  http.collectHeaders(wanted, 1);
  if (!http.begin(wire, URL)) return later(0);
  http.addHeader("Content-Type", "application/json");
  http.addHeader("X-Canteen-Signature", sign(SECRET, body));
  int status = http.POST(body);
  String answer = status > 0 ? http.getString() : "";
  uint32_t wait = http.header("Retry-After").toInt() * 1000;
  http.end();
  if (status == 200 && answer.indexOf("\"accepted\"") >= 0) {
    dropUpTo(last);
    setClock(answer);
    failures = 0;
    sendAfter = millis();
    return;
  }
  Serial.printf("refused: %d %s\n", status, answer.c_str());
  // Refused for good. Which reading it was stands in the answer (`place`, `errors`); a program this small gives up all
  // that were sent with it, and has said so above.
  if (status == 409 || status == 422) dropUpTo(last);
  later(wait);
}

void sending(void *) {  // on the other core: a slow network must not miss anybody at the barrier
  for (;;) {
    if (WiFi.status() == WL_CONNECTED && count > 0 && (int32_t)(millis() - sendAfter) >= 0) sendWaiting();
    delay(100);
  }
}

void setup() {
  Serial.begin(115200);
  selfTest();
  kept.begin("counter");
  nextSeq = reservedTo = kept.getULong64("seq", 1);
  lock = xSemaphoreCreateMutex();
#ifdef TWO_BARRIERS
  pinMode(OUTER_PIN, INPUT_PULLUP);
  pinMode(INNER_PIN, INPUT_PULLUP);
#else
  Wire.begin();
  Wire.setClock(400000);
  if (!sensor.init()) Serial.println("no VL53L1X");
  sensor.setDistanceMode(VL53L1X::Short);
  sensor.setMeasurementTimingBudget(20000);
#endif
  WiFi.mode(WIFI_STA);
  WiFi.setAutoReconnect(true);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  periodBegan = millis();
  xTaskCreatePinnedToCore(sending, "sending", 16384, nullptr, 1, nullptr, 0);
}

void loop() {
  look();
  if (millis() - periodBegan >= PERIOD_MS) {
    periodBegan += PERIOD_MS;
    closePeriod();
  }
  delay(1);
}
