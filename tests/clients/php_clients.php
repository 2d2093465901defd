<?php
// Drives one PHP client: `php php_clients.php NAME [SOURCES] < task.json` prints the outcome of each check as JSON.
//
// CRest and b24phpsdk are in no registry that the set-up uses. "php-forms" is our client that sends exactly what CRest sends;
// SOURCES names a folder with the sources of the real ones, which are then driven.

declare(strict_types=1);

$task = json_decode(stream_get_contents(STDIN), true);
[, $name, $sources] = $argv + [2 => ''];

final class CallFailed extends Exception
{
}

function outcome(callable $work): array
{
    try {
        return ['result' => $work()];
    } catch (Throwable $error) {
        return ['error' => (new ReflectionClass($error))->getShortName(), 'text' => $error->getMessage()];
    }
}

/** A form by POST, a GET without parameters; http_build_query writes the brackets. */
function send(string $url, array $params): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_USERAGENT => 'Bitrix24 CRest PHP 1.36']);
    $form = http_build_query($params);
    if ($form !== '') {
        curl_setopt_array($curl, [CURLOPT_POST => true, CURLOPT_POSTFIELDS => $form]);
    }
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new CallFailed(curl_error($curl));
    }
    return json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
}

function ours(array $task): array
{
    $renewed = false;
    $app = $task;
    $call = function (string $method, array $params = [], ?string $webhook = null) use (&$app, &$renewed): array {
        $url = ($webhook ?? $app['client_endpoint']) . $method . '.json';
        $answer = send($url, $webhook === null ? $params + ['auth' => $app['access_token']] : $params);
        if ($webhook === null && ($answer['error'] ?? '') === 'expired_token') {
            $app = send('https://oauth.bitrix.info/oauth/token/', [
                'client_id' => $app['client_id'], 'grant_type' => 'refresh_token',
                'client_secret' => $app['client_secret'], 'refresh_token' => $app['refresh_token'],
            ]) + $app;
            $renewed = true;
            $answer = send($url, $params + ['auth' => $app['access_token']]);
        }
        return $answer;
    };
    $batch = function (array $commands) use ($call, $task): array {
        $cmd = array_map(fn (array $one) => $one[0] . ($one[1] ? '?' . http_build_query($one[1]) : ''), $commands);
        return $call('batch', ['cmd' => $cmd, 'halt' => 0], $task['webhook']);
    };
    $app['access_token'] = $task['expired_token'];
    $app['client_endpoint'] = "https://{$task['domain']}/rest/";
    return [$call, $batch, function () use ($call, &$renewed, $task): array {
        return [$call('profile')['result']['ID'], $renewed, $task['client_id']];
    }];
}

function crest(array $task, string $sources): array
{
    define('C_REST_BLOCK_LOG', true);
    require_once "$sources/crest.php";
    eval('final class Rest extends CRest {
        public static array $settings = [];
        public static bool $renewed = false;
        protected static function getSettingData() { return self::$settings; }
        protected static function setSettingData($data) { self::$settings = $data; self::$renewed = true; return true; }
    }');
    $use = function (?string $webhook) use ($task): void {
        Rest::$settings = [
            'access_token' => $task['expired_token'], 'refresh_token' => $task['refresh_token'], 'application_token' => 'x',
            'domain' => $task['domain'], 'client_endpoint' => $webhook ?? "https://{$task['domain']}/rest/",
            'is_web_hook' => $webhook === null ? 'N' : 'Y',
            'C_REST_CLIENT_ID' => $task['client_id'], 'C_REST_CLIENT_SECRET' => $task['client_secret'],
        ];
    };
    $call = function (string $method, array $params = [], ?string $webhook = null) use ($use): array {
        $use($webhook);
        return Rest::call($method, $params);
    };
    $batch = function (array $commands) use ($use, $task): array {
        $use($task['webhook']);
        return Rest::callBatch(array_map(fn (array $one) => ['method' => $one[0], 'params' => $one[1]], $commands));
    };
    return [$call, $batch, function () use ($call, $task): array {
        return [$call('profile')['result']['ID'], Rest::$renewed, $task['client_id']];
    }];
}

/** The official SDK on the libraries of Debian, which lack only the class that makes ids of requests. */
function b24phpsdk(array $task, string $sources): array
{
    if (!is_file('/usr/share/php/Symfony/Component/Uid/UuidV7.php')) {
        eval('namespace Symfony\Component\Uid; final class Uuid {
            public function __construct(private string $id) {}
            public static function v7(): self { return new self("01890000-0000-7000-8000-" . bin2hex(random_bytes(6))); }
            public function toRfc4122(): string { return $this->id; }
            public function __toString(): string { return $this->id; }
        }');
    }
    spl_autoload_register(function (string $class) use ($sources): void {
        $path = str_replace(['\\', 'Fig/Http/Message/'], ['/', 'Fig/HttpMessageUtil/'], $class);
        $file = str_starts_with($class, 'Bitrix24\\SDK\\') ? "$sources/" . substr($path, 13) . '.php' : "/usr/share/php/$path.php";
        if (is_file($file)) {
            require_once $file;
        }
    });
    $events = new Symfony\Component\EventDispatcher\EventDispatcher();
    $renewed = false;
    $events->addListener('Bitrix24\SDK\Events\AuthTokenRenewedEvent', function () use (&$renewed): void {
        $renewed = true;
    });
    $factory = 'Bitrix24\SDK\Services\ServiceBuilderFactory';
    $open = fn (string $url) => $factory::createServiceBuilderFromWebhook($url)->core;
    $call = fn (string $method, array $params = [], ?string $webhook = null): array => [
        'result' => $open($webhook)->call($method, $params)->getResponseData()->getResult(),
    ];
    $batch = fn (array $commands): array => $call('batch', [
        'halt' => 0, 'cmd' => array_map(fn (array $one) => $one[0] . '?' . http_build_query($one[1]), $commands),
    ], $task['webhook']);
    return [$call, $batch, function () use ($task, $events, &$renewed, $factory): array {
        $scope = 'Bitrix24\SDK\Core\Credentials\Scope';
        $profile = new Bitrix24\SDK\Core\Credentials\ApplicationProfile($task['client_id'], $task['client_secret'], new $scope([]));
        $token = new Bitrix24\SDK\Core\Credentials\AuthToken($task['expired_token'], $task['refresh_token'], time() + 3600);
        $builder = (new $factory($events, new Psr\Log\NullLogger()))->init($profile, $token, "https://{$task['domain']}");
        $found = $builder->core->call('profile')->getResponseData()->getResult();
        return [$found['ID'], $renewed, $task['client_id']];
    }];
}

/** What a client gave, or its error: CRest returns errors as arrays. */
function result(array $answer): mixed
{
    if (isset($answer['error'])) {
        throw new CallFailed($answer['error'] . ' ' . ($answer['error_description'] ?? ''));
    }
    $found = $answer['result'];
    return is_array($found) && array_keys($found) === [0] && !is_array($found[0]) ? $found[0] : $found;  // b24phpsdk wraps scalars
}

[$call, $batch, $refresh] = match ($name) {
    'php-forms' => ours($task),
    'crest' => crest($task, $sources),
    'b24phpsdk' => b24phpsdk($task, $sources),
};
$site = ['id' => $task['site_id']];
$by = fn (string $method, array $params = [], ?string $webhook = null) => result($call($method, $params, $webhook ?? $task['webhook']));
echo json_encode([
    'list' => outcome(fn () => $by('landing.site.getList', ['params' => ['select' => ['ID']]])),
    'add' => outcome(fn () => $by('landing.site.add', ['fields' => ['TITLE' => $name, 'CODE' => $name]])),
    'preview' => outcome(fn () => $by('landing.site.getPreview', $site)),
    'batch' => outcome(fn () => result($batch(['a' => ['server.time', []], 'p' => ['landing.site.getPreview', $site]]))['result']['p']),
    'missing' => outcome(fn () => $by('landing.site.getPreview')),
    'wrong' => outcome(fn () => $by('profile', [], $task['wrong_webhook'])),
    'refresh' => outcome($refresh),
], JSON_THROW_ON_ERROR), "\n";
