<?php

declare(strict_types=1);

/** A small integration: publishes an offer as a page. It sends forms, as CRest does, using only PHP's curl. */
final class Offers
{
    public function __construct(private readonly string $webhook)
    {
    }

    /** Create a site with one page for an offer, publish it and return its id and address. */
    public function publish(string $code, string $title): array
    {
        $site = $this->call('landing.site.add', ['fields' => ['TITLE' => $title, 'CODE' => $code]]);
        $page = $this->call('landing.landing.add', ['fields' => ['SITE_ID' => $site, 'TITLE' => $title]]);
        $this->call('landing.landing.addblock', ['lid' => $page, 'fields' => ['CODE' => '01.big_with_text']]);
        $this->call('landing.landing.publication', ['lid' => $page]);
        $both = $this->batch([
            'address' => 'landing.site.getPublicUrl?' . http_build_query(['id' => $site]),
            'preview' => 'landing.site.getPreview?' . http_build_query(['id' => $site]),
        ]);
        return ['site' => $site, ...$both];
    }

    public function call(string $method, array $params = []): mixed
    {
        $curl = curl_init("{$this->webhook}{$method}.json");
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true]);
        if ($params !== []) {
            curl_setopt_array($curl, [CURLOPT_POST => true, CURLOPT_POSTFIELDS => http_build_query($params)]);
        }
        $body = curl_exec($curl);
        if ($body === false) {
            throw new RuntimeException("$method: " . curl_error($curl));
        }
        $answer = json_decode($body, true, flags: JSON_THROW_ON_ERROR);
        if (isset($answer['error'])) {
            throw new ApiException($answer['error'], "$method: {$answer['error']} {$answer['error_description']}");
        }
        return $answer['result'];
    }

    /** Make several calls in one request. */
    public function batch(array $commands): array
    {
        $answer = $this->call('batch', ['cmd' => $commands, 'halt' => 1]);
        foreach ($answer['result_error'] as $name => $error) {
            throw new ApiException($error['error'], "$name: {$error['error']} {$error['error_description']}");
        }
        return $answer['result'];
    }
}

/** The API refused a call; `apiCode` is the documented error code. */
final class ApiException extends RuntimeException
{
    public function __construct(public readonly string $apiCode, string $message)
    {
        parent::__construct($message);
    }
}
